// Throws in 'checked', catches in main, and ends with 0.
#include <cstdio>
#include <stdexcept>

__attribute__((noinline)) int checked(int number) {
    if (number % 2) throw std::runtime_error("odd");
    return number;
}

int main() {
    int caught = 0;
    for (int i = 0; i < 10; i++) {
        try {
            checked(i);
        } catch (const std::exception &) {
            caught++;
        }
    }
    return caught == 5 ? 0 : 1;
}
