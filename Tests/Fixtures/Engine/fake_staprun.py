"""Stands in for staprun in tests of the engine's own conduct; says nothing about any recipe.

usage: fake_staprun.py MODE STATE ARGUMENTS…
"""
import os
import re
import signal
import subprocess
import sys
import time

import unkillable

mode, state, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
with open(state + "/calls", "a") as calls:
    calls.write("staprun " + " ".join(arguments) + "\n")
with open(state + "/groups", "a") as groups:
    groups.write(f"staprun {os.getpid()} {os.getpgrp()} {os.getsid(0)}\n")


def module(name):
    return f"{state}/module/{name}"


if "-d" in arguments:
    if mode not in ("unloadable", "stuck"):
        os.rmdir(module(arguments[-1]))
    sys.exit(0)

path = arguments[-1]
name = os.path.basename(path)[: -len(".ko")]
text = open(path, "rb").read().decode(errors="replace")


def say(line):
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def out(text):
    # Unbuffered: signal handlers write too.
    os.write(1, text.encode())


def leave(code=0):
    os.rmdir(module(name))
    sys.exit(code)


def limit(macro, standard):
    found = re.search(rf"-D{macro}=(\d+)", text)
    return int(found.group(1)) if found else standard


def on_interrupt(handler):
    signal.signal(signal.SIGINT, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def started():
    # The engine may send SIGINT from here on; it waits for whoever has something to do then.
    if mode in ("wait", "unloadable", "target"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    say("stapio:stp_main_loop:675 systemtap_module_init() returned 0")


if mode == "refused":
    say(f"ERROR: Couldn't insert module '{path}': Operation not permitted")
    sys.exit(1)
if mode == "too-large" and limit("MAXACTION", 1000) >= 16000:
    say(f"ERROR: Couldn't insert module '{path}': Cannot allocate memory")
    sys.exit(1)
os.mkdir(module(name))
say("staprun:insert_module:191 Module inserted from file " + path)
if mode == "hang-attach":
    signal.signal(signal.SIGINT, lambda *_: leave())
    time.sleep(1000)
started()
if mode == "hello":
    out("one\ntwo\nthree")
    leave()
elif mode in ("wait", "unloadable"):
    def end(*_):
        out("end probe\n")
        if mode == "wait":
            leave()
        sys.exit(0)
    on_interrupt(end)
    out("begin\npart")
    while True:
        time.sleep(1000)
elif mode == "stuck":
    unkillable.hold(state)
    out("begin\n")
    while True:
        time.sleep(1000)
elif mode == "ignore-int":
    signal.signal(signal.SIGINT, lambda *_: out("polite\n"))
    signal.signal(signal.SIGTERM, lambda *_: (out("term\n"), leave()))
    out("begin\n")
    while True:
        time.sleep(1000)
elif mode == "ignore-all":
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: out("term\n"))
    subprocess.Popen(["/bin/sleep", "987"], stdin=subprocess.DEVNULL)
    out("begin\n")
    while True:
        time.sleep(1000)
elif mode == "flood":
    for index in range(40000):
        sys.stdout.write(f"line {index} {'x' * 90}\n")
    leave()
elif mode == "flood-errors":
    for index in range(20000):
        sys.stderr.write(f"WARNING: Missing unwind data for a module, rerun with 'stap -d /bin/p{index % 3}'\n")
    out("alive\n")
    leave()
elif mode == "long-line":
    for _ in range(300):
        sys.stdout.write("y" * 10000)
    sys.stdout.write("\nshort\n")
    leave()
elif mode == "killed":
    out("partial")
    os.kill(os.getpid(), signal.SIGSEGV)
elif mode == "grandchild":
    subprocess.Popen(["/bin/sleep", "987"], stdin=subprocess.DEVNULL)
    out("parent is gone\n")
    leave()
elif mode == "session":
    # Holds the pipes open from a session of its own, where no signal to the group reaches it.
    child = subprocess.Popen(["/bin/sleep", "987"], stdin=subprocess.DEVNULL, start_new_session=True)
    out(f"left {child.pid}\n")
    leave()
elif mode == "flood-bytes":
    chunk = (b"z" * 999 + b"\n") * 1000
    for _ in range(300):
        os.write(1, chunk)
    leave()
elif mode == "too-large":
    out(f"limit {limit('MAXACTION', 1000)}\n")
    say("ERROR: MAXACTION exceeded near identifier 'probe' at /gone/taprecipe-script.stp:1:1")
    say("WARNING: Number of errors: 1, skipped probes: 0")
    leave(1)
elif mode == "maxaction":
    out(f"limit {limit('MAXACTION', 1000)}\n")
    if limit("MAXACTION", 1000) < 16000:
        say("ERROR: MAXACTION exceeded near identifier 'probe' at /gone/taprecipe-script.stp:1:1")
        say("WARNING: Number of errors: 1, skipped probes: 0")
        leave(1)
    leave()
elif mode == "skipped":
    if limit("MAXTRYLOCK", 100) < 400:
        say("ERROR: Skipped too many probes, check MAXSKIPPED or try again with stap -t for more details.")
        say("WARNING: Number of errors: 0, skipped probes: 101")
        say("WARNING: Skipped due to global 'hits' lock timeout: 100")
        leave(1)
    out("done\n")
    leave()
elif mode == "transport":
    size = int(arguments[arguments.index("-b") + 1]) if "-b" in arguments else 16
    out(f"buffer {size}\n")
    if size < 64:
        say(f"WARNING: There were 17 transport failures. Try stap -s to increase the buffer size from {size}.")
    leave()
elif mode == "overload":
    say("ERROR: probe overhead (600000000 cycles) exceeded threshold (500000000 cycles) in last 1000000000 cycles")
    leave(1)
elif mode == "fault":
    say("ERROR: read fault [man error::fault] at 0x10 near operator '->' at /gone/taprecipe-script.stp:1:7")
    say("WARNING: Number of errors: 1, skipped probes: 0")
    leave(1 if limit("MAXERRORS", 0) < 1 else 0)
elif mode == "target":
    target = int(arguments[arguments.index("-x") + 1]) if "-x" in arguments else 0
    out(f"target {target}\n")
    on_interrupt(lambda *_: leave())
    while True:
        time.sleep(1000)
