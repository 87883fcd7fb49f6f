// Namespaces, classes, templates, references, lambdas and overloads.
#include <string>
#include <vector>

namespace net {
struct Base {
    int base_value = 1;
    virtual ~Base() {}
    virtual int run(int x) { return x + base_value; }
};

class Conn : public Base {
public:
    enum Mode { Fast, Slow };
    explicit Conn(int fd) : fd_(fd) {}
    int send(const std::string& text, int&& more) {
        total_ += text.size() + more;
        return fd_;
    }
    int run(int x) override;
    static int count;

private:
    int fd_;
    long total_ = 0;
    std::vector<int> queue_;
};

int Conn::count = 0;
int verbosity = 3;
static int hits;

int Conn::run(int x) {
    count++;
    verbosity++;
    hits++;
    auto add = [&](int k) { return k + fd_; };
    return add(x);
}

namespace {
int hidden(Conn& conn, const Conn* other, int (*callback)(int), Conn::Mode mode) {
    return conn.run(1) + (other ? callback(2) : 0) + mode;
}
}

template <typename T> T twice(T value) { return value + value; }
int use(Conn& conn) { return hidden(conn, &conn, twice<int>, Conn::Slow); }
}

extern "C" int plain(int first, ...) { return first; }

int main(int argc, char** argv) {
    net::Conn conn(argc);
    conn.send("x", 4);
    return net::use(conn) + net::twice(3L) + plain(1, 2);
}
