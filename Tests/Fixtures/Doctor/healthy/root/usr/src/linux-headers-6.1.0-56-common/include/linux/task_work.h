struct callback_head *task_work_cancel(struct task_struct *, task_work_func_t);
