#include <linux/module.h>
#include <linux/sched.h>
#include <linux/init.h>

struct tapmod_item {
	int id;
	struct tapmod_item *next;
	char name[16];
};

static struct tapmod_item tapmod_head;

noinline int tapmod_sum(struct tapmod_item *item, int depth)
{
	int sum = 0;

	for (; item && depth; item = item->next, depth--)
		sum += item->id;
	return sum;
}
EXPORT_SYMBOL_GPL(tapmod_sum);

static __always_inline int tapmod_twice(int number)
{
	return number + READ_ONCE(number);
}

static noinline void tapmod_note(const char *what, struct task_struct *task)
{
	pr_info("tapmod: %s %d\n", what, tapmod_twice(task->pid));
}

/* A name that stap's list of functions has. */
noinline int tapmod_raw_spin_lock(int number)
{
	int result = -1;

	if (number < 0)
		goto failed;
	result = tapmod_twice(number);
failed:
	return result;
}
EXPORT_SYMBOL_GPL(tapmod_raw_spin_lock);

noinline int tapmod_check(struct tapmod_item *item)
{
	int result = -1;

	if (!READ_ONCE(item->id))
		goto failed;
	result = tapmod_twice(item->id);
	pr_info("tapmod: %d\n", result);
failed:
	pr_info("tapmod: checked %d\n", result);
	return result;
}
EXPORT_SYMBOL_GPL(tapmod_check);

static int __init tapmod_init(void)
{
	tapmod_head.id = 1;
	tapmod_note("init", current);
	return tapmod_sum(&tapmod_head, 3) - 1;
}

static void __exit tapmod_exit(void)
{
	tapmod_note("exit", current);
}

module_init(tapmod_init);
module_exit(tapmod_exit);
MODULE_LICENSE("GPL");
