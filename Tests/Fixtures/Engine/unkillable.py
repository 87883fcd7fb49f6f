"""Makes a process that does not end when it is killed, as one that sleeps in the kernel without being interrupted.

A tracer that does not wait for it holds it, and its streams: a signal stops it, and once it is killed its parent
cannot wait for it until the tracer is gone.
usage: unkillable.py, or hold() in another program; prints or writes to STATE/tracer who holds it.
"""
import ctypes
import os
import time

PTRACE_SEIZE = 0x4206


def hold(state=None):
    own, ptrace = os.getpid(), ctypes.CDLL(None).ptrace
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if ptrace(PTRACE_SEIZE, own, None, None) == 0:
            os.write(write, str(os.getpid()).encode())
        os.close(write)
        time.sleep(600)
        os._exit(0)
    os.close(write)
    tracer = os.read(read, 20).decode()
    if state:
        with open(state + "/tracer", "w") as file:
            file.write(tracer)
    else:
        print(tracer or "ptrace failed", flush=True)


if __name__ == "__main__":
    hold()
    time.sleep(600)
