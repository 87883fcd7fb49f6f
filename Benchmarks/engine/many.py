"""How long a run with many probes takes beyond the time that it traces."""
import subprocess
import time

from harness import TAPRECIPE, environment, fail, judged, median

FUNCTIONS = 150
TRACED = 1


def measure(bench):
    """From exec to the end of a run of a second, with a probe in each of many functions that nobody calls."""
    program = bench.path("many")
    source = "".join(f"__attribute__((noinline)) int many_{n}(int x) {{ return x + {n}; }}\n" for n in range(FUNCTIONS))
    source += "int main(int n, char **w) { return " + " + ".join(f"many_{n}(n)" for n in range(FUNCTIONS)) + "; }\n"
    subprocess.run(["gcc", "-g", "-O1", "-x", "c", "-o", program, "-"], input=source.encode(), check=True)
    recipe = bench.recipe(
        f'global calls probe process("{program}").function("many_*").call {{ calls[ppfunc()]++ }}\n'
        f"  probe timer.s({TRACED}) {{ exit() }}")
    commands = (
        [TAPRECIPE, "run", recipe, "--engine", "bpf", "--no-retry"],
        ["bpftrace", "-e", f"uprobe:{program}:many_* {{ @[func] = count(); }} interval:s:{TRACED} {{ exit(); }}"])
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        times = []
        for command in commands:
            start = time.monotonic()
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(bench))
            times.append(time.monotonic() - start - TRACED)
            # 5 is taprecipe's for nothing recorded.
            if done.returncode not in (0, 5):
                fail(f"{command[0]} left with {done.returncode}: {done.stderr[-800:].decode(errors='replace')}")
        rounds.append(times)
    ours, theirs = (median(column) for column in zip(*rounds))
    ratio = median(row[0] / row[1] for row in rounds)
    print(f"{FUNCTIONS} probes placed and taken away")
    print(f"  taprecipe {ours:.2f} s, bpftrace {theirs:.2f} s")
    judged(f"{ratio:.2f} of bpftrace's", "0.5", ratio <= 0.5)
