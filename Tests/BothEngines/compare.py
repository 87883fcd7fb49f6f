#!/usr/bin/env python3
"""Holds the records that both engines made of the cases of DIR/cases against each other.

    compare.py DIR

Times, process ids and addresses differ from run to run and stand as words; the order of records does not count, nor how
often a line of what looks at times of its own comes."""
import json
import re
import sys
from collections import Counter
from pathlib import Path

folder = Path(sys.argv[1])
WORDS = [
    (re.compile(r"0x[0-9a-f]{6,}"), "ADDRESS"),
    (re.compile(r"\b\d+ us\b"), "TIME us"),
    (re.compile(r"\b\d+ ms\b"), "TIME ms"),
    (re.compile(r"\b(process: |worker: |from: |to: |by: |thread: |of |in |ended: |parent: |sample: |flow: |connection: )\d+"), r"\1ID"),
    (re.compile(r"127\.0\.0\.1:\d+"), "SERVER"),
    (re.compile(r"(worker: ID requests: )\d+ average: \d+ bytes of them large: \d+ most: \d+"), r"\1COUNT"),
    (re.compile(r"(state: listening requests: )\d+"), r"\1COUNT"),
    (re.compile(r"\b((?:read|process|connect|wait|answer|send): )\d+\b"), r"\1TIME"),
    (re.compile(r"(from: TIME us requests: )\d+"), r"\1COUNT"),
    (re.compile(r"\b((?:samples|turns): )\d+( average: )\S+"), r"\1COUNT\2VALUE"),
]
# Their lines stand for a look, a class of times or a worker that happened to be free, which no two runs have the same number of.
LOOKS = {"nginx-connections", "nginx-in-flight", "nginx-latency", "nginx-latency-host", "nginx-event-loop", "nginx-pools"}
# Samples and their stacks are another matter.
SAMPLES = re.compile(r"^ |^tick: ")


# Of what is sampled, the names that the greatest row of a table has.
GREATEST = {"on-cpu": "Functions", "off-cpu": "Waits"}


def greatest(engine, name):
    path = folder / "results" / engine / f"{name}.json"
    if not path.exists():
        return Counter()
    summary = json.loads(path.read_text())
    table = next(table for table in summary["tables"] if table["title"] == GREATEST[name])
    row = dict(zip(table["columns"], table["rows"][0])) if table["rows"] else {}
    frames = summary["stacks"][row["stack"]["stack"]]["frames"] if row.get("stack") else []
    names = [frame["symbol"] for frame in frames if (frame["module"] or "").endswith("burn-or-doze")]
    return Counter(names or [name for name in [row.get("function")] if name])


def lines(engine, name):
    if name in GREATEST:
        return greatest(engine, name)
    path = folder / "results" / engine / f"{name}.raw"
    text = path.read_text(errors="replace") if path.exists() else ""
    for pattern, word in WORDS:
        text = pattern.sub(word, text)
    found = Counter(line for line in text.split("\n") if line and not (name == "nginx-event-loop" and SAMPLES.match(line)))
    return Counter(set(found)) if name in LOOKS else found


def facts(engine, name):
    path = folder / "results" / engine / f"{name}.json"
    if not path.exists():
        return "no summary: " + (folder / "results" / engine / f"{name}.err").read_text(errors="replace")[-600:]
    summary = json.loads(path.read_text())
    return f"{summary['headline']} {'; '.join(summary['reasons'])} {summary['unmatchedLines'][:3]} {summary['messages'][:3]}"


same = 0
names = [line.split()[0] for line in (folder / "cases").read_text().splitlines()]
for name in names:
    stap, bpf = lines("stap", name), lines("bpf", name)
    codes = [(folder / "results" / engine / f"{name}.code").read_text().strip() for engine in ("stap", "bpf")]
    if stap == bpf and stap:
        same += 1
        continue
    print(f"== {name} (exit codes {codes}): {sum(stap.values())} lines by stap, {sum(bpf.values())} by bpf")
    print("   stap:", facts("stap", name))
    print("   bpf: ", facts("bpf", name))
    for mark, rest in (("-", stap - bpf), ("+", bpf - stap)):
        for line, count in list(rest.items())[:12]:
            print(f"   {mark} {count} x {line[:200]}")
print(f"{same} of {len(names)} cases are the same by both engines")
sys.exit(0 if same == len(names) else 1)
