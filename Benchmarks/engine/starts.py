"""How soon the first event comes."""
import subprocess
import time

from harness import TAPRECIPE, environment, fail, judged, median


def measure(bench):
    """From exec to the traced program's first call of the probed function, by that program's own clock."""
    recipe = bench.recipe(f'probe process("{bench.target}").function("hit_ours").call {{ println($number) exit() }}')
    # Before whatever else the machine does.
    first = ["chrt", "-r", "10"]
    commands = (
        [*first, TAPRECIPE, "run", recipe, "--engine", "bpf", "--no-retry", "--", bench.target, "once"],
        [*first, "bpftrace", "-e", f'uprobe:{bench.target}:hit_ours {{ printf("%d\\n", arg0); exit(); }}',
         "-c", f"{bench.target} once"])
    rounds = []
    for _ in range(bench.rounds + 1):
        times = []
        for command in commands:
            start = time.monotonic()
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(bench))
            end = time.monotonic() - start
            lines = (done.stdout + done.stderr).decode(errors="replace").split()
            calls = [int(line) for line in lines if line.isdigit() and int(line) > start * 1e9]
            if done.returncode != 0 or not calls:
                fail(f"{command[3]} left with {done.returncode}: {done.stderr[-800:].decode(errors='replace')}")
            times += [calls[0] / 1e9 - start, end]
        rounds.append(times)
    first, end, their_first, their_end = (median(column) for column in zip(*rounds[1:]))
    ratio = median(row[0] / row[2] for row in rounds[1:])
    print("from exec to the first event")
    print(f"  taprecipe {first * 1000:.0f} ms (run ended after {end * 1000:.0f}), "
          f"bpftrace {their_first * 1000:.0f} ms ({their_end * 1000:.0f})")
    judged(f"{first * 1000:.0f} ms, {ratio:.2f} of bpftrace's", "150 ms, 1", first <= 0.150 and ratio <= 1)
