/* Four objects that are kept, and one and an array that are given back.
 *
 * Build: c++ -g -O0 -o allocations allocations.cpp
 */
struct object {
	long members[8];
};

object *kept[4];

int main()
{
	for (int i = 0; i < 4; i++)
		kept[i] = new object;
	object *other = new object;
	delete other;
	int *numbers = new int[10];
	delete[] numbers;
	return 0;
}
