"""What a probe's hit costs the traced program."""
import time

from harness import Turns, bpftrace, judged, median, taprecipe, wait_for

CASES = [
    # what, variables, handler in SystemTap, action in bpftrace
    ("an empty probe", "global never", "if (never) println(1)", "{ }"),
    ("a condition that is false", "", "if ($number == -7) println($number)",
     "/(int64)arg0 == -7/ { printf(\"%d\\n\", arg0); }"),
    ("printf of three values", "", "printf(\"%d %d %s\\n\", $number, $other, user_string($word))",
     "{ printf(\"%d %d %s\\n\", arg0, arg1, str(arg2)); }"),
    ("an increment in a map", "global m", "m[$number & 63]++", "{ @[arg0 & 63]++; }"),
]
CALLS = 10000


def in_turns(bench, program, requests, rest=0.0):
    """Rounds of the costs of a call without a probe, with our probe and with theirs."""
    def is_probed(request):
        # An uprobe costs more than ten calls of an empty function.
        return program.cost(request) > 10 * program.cost(requests[0])
    for request in requests[1:]:
        wait_for(lambda: is_probed(request), f"'{request}' was not probed")
    rounds = []
    for _ in range(bench.rounds * 3):
        costs = []
        for request in requests:
            # Whoever prints the last turn's events is done before the next begins.
            time.sleep(rest)
            costs.append(program.cost(request))
        rounds.append(costs)
    return rounds


def statistics_of(tracer, request, program):
    """Nanoseconds of a run of its BPF program."""
    path = "/proc/sys/kernel/bpf_stats_enabled"
    with open(path) as file:
        before = file.read()
    try:
        with open(path, "w") as file:
            file.write("1")
        spent, runs = tracer.programs()
        program.cost(request)
        after, more = tracer.programs()
    finally:
        with open(path, "w") as file:
            file.write(before)
    return (after - spent) / (more - runs) if more > runs else float("nan")


def measure(bench):
    for what, variables, handler, action in CASES:
        recipe = bench.recipe(
            f'{variables}\nprobe process("{bench.target}").function("hit_ours").call {{ {handler} }}',
            'records:\n  hit:\n    line: "{first:integer} {second:integer} {word}"\n')
        ours = taprecipe(bench, recipe)
        theirs = bpftrace(bench, f"uprobe:{bench.target}:hit_theirs {action}")
        program = Turns(bench.target, "turns")
        prints = "println" not in handler and "print" in handler
        requests = [f"{name} {CALLS}" for name in ("bare", "ours", "theirs")]
        rounds = in_turns(bench, program, requests, 0.15 if prints else 0)
        inner = [median(statistics_of(tracer, request, program) for _ in range(bench.rounds))
                 for tracer, request in ((ours, requests[1]), (theirs, requests[2]))]
        program.finish()
        ours.finish()
        theirs.finish()
        losses = sum("Lost" in line for line in open(theirs.out, errors="replace")) if prints else 0
        bare, mine, other = (median(column) for column in zip(*rounds))
        ratio = median((row[1] - row[0]) / (row[2] - row[0]) for row in rounds)
        print(f"{what}\n  taprecipe {mine - bare:.0f} ns a hit, of them {inner[0]:.0f} in its BPF program; "
              f"bpftrace {other - bare:.0f} and {inner[1]:.0f}")
        if losses:
            print(f"  bpftrace lost events {losses} times")
        judged(f"{ratio:.3f} of bpftrace's", "1", ratio <= 1)
