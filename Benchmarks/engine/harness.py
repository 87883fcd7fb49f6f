"""What the benchmarks of the built-in engine share: the traced program, the tracers, medians and verdicts.

Both tracers are attached at once, each to a function of its own that is like the other's, and the traced program
calls them in turn: what disturbs the machine meets both, and a figure is the median of the turns' ratios.
"""
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TAPRECIPE = os.environ.get("TAPRECIPE", os.path.join(ROOT, ".build", "release", "taprecipe"))


def fail(message):
    sys.exit(f"bench-engine: error: {message}")


def judged(text, aim, holds):
    print(f"  {text} (aim: {aim}): {'holds' if holds else 'DOES NOT HOLD'}", flush=True)


def wait_for(condition, what, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            fail(f"{what} within {seconds} s")
        time.sleep(0.002)


def content(path):
    with open(path, "rb") as file:
        return file.read().decode(errors="replace")


class Bench:
    """A folder for what is compiled and written, and the traced program in it."""

    def __init__(self, rounds):
        self.rounds = rounds
        # Root runs no recipe in a folder that others may write to.
        cache = os.path.join(ROOT, ".cache", "bench")
        os.makedirs(cache, exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix="engine-", dir=cache)
        os.chmod(self.folder, 0o755)
        self.target = self.path("target")
        source = os.path.join(ROOT, "Benchmarks", "engine", "target.c")
        subprocess.run(["gcc", "-g", "-O2", "-fomit-frame-pointer", "-o", self.target, source], check=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def remove(self):
        shutil.rmtree(self.folder)

    def recipe(self, script, records="", tables=""):
        """A recipe of a script, as a file."""
        path = self.path("bench.yaml")
        lines = "".join(f"  {line}\n" for line in script.strip().splitlines())
        with open(path, "w") as file:
            file.write("name: bench\nsummary: a benchmark\ntimeout: 10m\n"
                       f"script: |\n{lines}{records}{tables}")
        os.chmod(path, 0o644)
        return path


class Tracer:
    """A tracer that runs: taprecipe or bpftrace."""

    def __init__(self, bench, name, command, is_ready):
        self.name = name
        self.log = bench.path(f"{name}.log")
        self.out = bench.path(f"{name}.out")
        with open(self.out, "wb") as out, open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=environment(bench))

        def ready():
            if self.child.poll() is not None:
                fail(f"{command[0]} left with {self.child.returncode}: {content(self.log)[-800:]}")
            return is_ready(self)
        wait_for(ready, f"{name} did not begin to trace")

    def finish(self):
        """Ends it; its output, and the processor's seconds that it and its helpers took."""
        before = os.times()
        self.child.send_signal(signal.SIGINT)
        try:
            status = self.child.wait(20)
        except subprocess.TimeoutExpired:
            # bpftrace 0.17 now and then misses the signal.
            if self.name != "bpftrace":
                fail(f"{self.name} did not end: {content(self.log)[-800:]}")
            self.child.kill()
            self.child.wait()
            status = 0
        after = os.times()
        if status not in (0, 130):  # 130 is a run that was interrupted.
            fail(f"{self.name} left with {status}: {content(self.log)[-800:]}")
        spent = (after.children_user + after.children_system
                 - before.children_user - before.children_system)
        return content(self.out), spent

    def warnings(self):
        """What taprecipe warned of."""
        return [line for line in content(self.log).splitlines() if line.startswith("warning:")]

    def programs(self):
        """Nanoseconds and runs of its BPF programs so far, where kernel.bpf_stats_enabled is on."""
        spent, runs = 0, 0
        folder = f"/proc/{self.child.pid}/fdinfo"
        for name in os.listdir(folder):
            try:
                fields = dict(line.split(":\t") for line in content(f"{folder}/{name}").splitlines() if ":\t" in line)
            except OSError:
                continue
            if "run_cnt" in fields:
                spent += int(fields["run_time_ns"])
                runs += int(fields["run_cnt"])
        return spent, runs


def environment(bench):
    # bpftrace loses events with its usual buffer of 64 pages where its reader has to wait for a processor.
    return dict(os.environ, XDG_STATE_HOME=bench.folder, BPFTRACE_PERF_RB_PAGES="2048")


def taprecipe(bench, recipe, *options, prefix=()):
    return Tracer(
        bench, "taprecipe",
        [*prefix, TAPRECIPE, "run", recipe, "--engine", "bpf", "--no-retry", "--verbose", "--max-output", "4GiB",
         *options],
        lambda tracer: "name=trace" in content(tracer.log))


def bpftrace(bench, script, *options, prefix=()):
    # Its BEGIN comes before the other probes are there: who calls must see that they are.
    return Tracer(bench, "bpftrace", [*prefix, "bpftrace", *options, "-e", 'BEGIN { printf("ready\\n"); } ' + script],
                  lambda tracer: "ready" in content(tracer.out) + content(tracer.log))


class Turns:
    """The traced program, asked for turns."""

    def __init__(self, *command):
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)

    def cost(self, request):
        """Nanoseconds of a call."""
        self.child.stdin.write(f"{request}\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        return float(line) if line else fail("the traced program has ended")

    def finish(self):
        self.child.stdin.close()
        self.child.wait()


def median(values):
    return statistics.median(values)


def counted(summary):
    """The records that the first table of a summary in JSON counts."""
    table = summary["tables"][0]
    index = table["columns"].index("count")
    return sum(row[index] for row in table["rows"])
