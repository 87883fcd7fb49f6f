// SPDX-License-Identifier: GPL-2.0
/*
 * A module whose function is called as often as one asks: writing N to /proc/tally calls tally_one() N times in the
 * writing process; reading tells how often it was called since the module was loaded.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#define TALLY_MOST 1000000

static struct proc_dir_entry *tally_entry;
static atomic_t tally_calls;

/* What is probed: without parameters, so that the compiler makes no variant of it under another name. */
static noinline void tally_one(void)
{
	atomic_inc(&tally_calls);
}

static ssize_t tally_write(struct file *file, const char __user *text, size_t size, loff_t *offset)
{
	unsigned int calls;
	int error = kstrtouint_from_user(text, size, 10, &calls);

	if (error)
		return error;
	if (calls > TALLY_MOST)
		return -ERANGE;
	while (calls--)
		tally_one();
	return size;
}

static int tally_show(struct seq_file *seq, void *unused)
{
	seq_printf(seq, "%d\n", atomic_read(&tally_calls));
	return 0;
}

static int tally_open(struct inode *inode, struct file *file)
{
	return single_open(file, tally_show, NULL);
}

static const struct proc_ops tally_operations = {
	.proc_open = tally_open,
	.proc_read = seq_read,
	.proc_write = tally_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init tally_init(void)
{
	tally_entry = proc_create("tally", 0600, NULL, &tally_operations);
	return tally_entry ? 0 : -ENOMEM;
}

static void __exit tally_exit(void)
{
	proc_remove(tally_entry);
}

module_init(tally_init);
module_exit(tally_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A function that is called as often as one asks");
