extern int uprobe_register(struct inode *inode, loff_t offset, struct uprobe_consumer *uc);
