"""Stands in for stap in tests of the engine's own conduct; says nothing about any recipe.

usage: fake_stap.py MODE STATE ARGUMENTS…
"""
import os
import shutil
import signal
import sys
import time

import unkillable

mode, state, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
with open(state + "/calls", "a") as calls:
    calls.write("stap " + " ".join(arguments) + "\n")
with open(state + "/groups", "a") as groups:
    groups.write(f"stap {os.getpid()} {os.getpgrp()} {os.getsid(0)}\n")
with open(state + "/stap.env", "w") as environment:
    environment.write("\n".join(f"{k}={v}" for k, v in os.environ.items()))

name = arguments[arguments.index("-m") + 1]
release = arguments[arguments.index("-r") + 1]
print("Pass 1: parsed user script and 1 library scripts using 1virt/1res kb, in 1usr/1sys/1real ms.", file=sys.stderr)
sys.stderr.flush()
calls_before = open(state + "/calls").read().count("stap -v") - 1
if mode == "hang" or mode == "hang-second" and calls_before:
    time.sleep(1000)
elif mode == "stuck":
    unkillable.hold(state)
    time.sleep(1000)
elif mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        time.sleep(1000)
    time.sleep(1000)
elif mode == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
elif mode.startswith("fail:"):
    sys.stderr.write(open(mode[5:]).read())
    sys.exit(1)
if mode == "refuse-second" and calls_before:
    print("semantic error: too much: identifier 'x' at /x/taprecipe-script.stp:1:1", file=sys.stderr)
    sys.exit(1)
if mode == "break-cache":
    # As a full disk would: what is to be written there cannot be.
    modules = os.path.join(os.environ["SYSTEMTAP_DIR"], "../modules")
    shutil.rmtree(modules)
    open(modules, "w").close()
time.sleep(0.3 if mode == "slow" else 0)
information = ["", "parm=_stp_bufsize:buffer size", "name=" + name, "vermagic=" + release + " SMP", ""]
with open(name + ".ko", "wb") as module:
    module.write(b"\x7fELF" + "\0".join(information).encode() + " ".join(arguments).encode())
print(name + ".ko")
