"""Records and stacks from the probe to the summary, on one processor."""
import json
import subprocess

from harness import counted, judged, median, taprecipe

SECONDS = 3
# Before whatever else the machine does, each on a processor of its own.
FIRST = ("chrt", "-f", "10", "taskset", "-c")


def run(bench, recipe, mode, rate):
    """One run against a paced program: events, those that came, what was lost, the processor's seconds an event."""
    tracer = taprecipe(bench, recipe, "--format", "json", prefix=(*FIRST, "0"))
    called = subprocess.run([*FIRST, "1", bench.target, mode, str(rate), str(SECONDS)],
                            stdout=subprocess.PIPE, check=True).stdout
    calls, nanoseconds = (int(word) for word in called.split())
    output, spent = tracer.finish()
    for line in tracer.warnings():
        print(f"  {line}")
    summary = json.loads(output)
    return calls, calls / (nanoseconds / 1e9), summary, spent


def measure_paced(bench, title, recipe, mode, rate):
    rows = [run(bench, recipe, mode, rate) for _ in range(bench.rounds)]
    came = [counted(summary) for _, _, summary, _ in rows]
    lost = sum(calls - count for (calls, _, _, _), count in zip(rows, came))
    reached = median(row[1] for row in rows)
    capacity = median(row[0] / row[3] for row in rows)
    print(f"{title}\n  {reached:.0f} a second for {SECONDS} s, {bench.rounds} times; "
          f"{lost} of {sum(row[0] for row in rows)} did not reach the summary; "
          f"{capacity:.0f} for each second of processor time, start and end of the run included")
    judged(f"{capacity / rate:.2f} times the rate on one processor, {lost} lost", "1, none",
           lost == 0 and capacity >= rate and reached >= 0.99 * rate)


def measure(bench):
    recipe = bench.recipe(
        f'probe process("{bench.target}").function("hit_ours").call '
        '{ printf("%d %d %s\\n", $number, $other, user_string($word)) }',
        'records:\n  hit:\n    line: "{status:integer} {host:integer} {method}"\n',
        'summary-tables:\n  - title: Requests\n    of: hit\n    group-by: [status, method]\n'
        '    columns: [count, status, method]\n    sort: [-count]\n')
    measure_paced(bench, "records into the summary", recipe, "records", 100000)


def measure_stacks(bench):
    recipe = bench.recipe(
        f'probe process("{bench.target}").function("hit_ours").call '
        '{ printf("at %d\\n", $other) print_ubacktrace() }',
        'records:\n  at:\n    line: "at {depth:integer}"\n    followed-by: [stack]\n',
        'summary-tables:\n  - title: All\n    of: at\n    group-by: [depth]\n    columns: [count, depth]\n'
        '  - title: Stacks\n    of: at\n    group-by: [stack]\n    columns: [count, stack]\n    sort: [-count]\n')
    measure_paced(bench, "stacks, 95 % of them seen before", recipe, "repeating", 20000)
    measure_paced(bench, "stacks, none of them seen before", recipe, "different", 2000)
