#define uprobe_register (* (uprobe_register_fn)kallsyms_uprobe_register)
	ret = uprobe_register (inst->inode, c->offset, &inst->kconsumer);
