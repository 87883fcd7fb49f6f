#!/usr/bin/env python3
"""Holds what the built-in engine printed against SystemTap's verdicts, and both against the list of known differences.

    compare.py take RESULTS VERDICTS DIR    keeps what SystemTap did in RESULTS as verdicts; fails where one changed
    compare.py missing VERDICTS DIR         prints the names of DIR/names that have no verdict of their present text
    compare.py judge RESULTS VERDICTS KNOWN DIR
                                            compares; fails where the list of known differences is wrong

A verdict is a text: its key (of the script and the program), how the run ended, messages, and the lines. Times,
process ids and addresses in it are replaced by words.
"""

import difflib
import hashlib
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent


def key(name):
    """What a verdict depends on."""
    parts = (HERE / "scripts" / f"{name}.stp").read_bytes(), (HERE / "steady.c").read_bytes()
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def normalised(text, directory):
    text = text.replace(str(directory), "DIR").replace("DIR/bin/2/steady", "DIR/bin/steady")
    text = text.replace(str(HERE), "SOURCES")
    # thread_indent's and indent's heads: microseconds, program and thread.
    text = re.sub(r"^ *\d+ (\w+)\(\d+\):", r"TIME \1(THREAD):", text, flags=re.M)
    text = re.sub(r"(^|\|) *\d+ :", r"\1TIME :", text, flags=re.M)
    # libc's code changes with every update of its package.
    text = re.sub(r"\+0x[0-9a-f]+/0x[0-9a-f]+(?= \[/usr/lib)", "+OFFSET", text)
    return re.sub(r"0x[0-9a-f]{8,16}\b(?=[ :\n]|$)", "ADDRESS", text, flags=re.M)


def outcome(results, name, directory):
    """What a run came to, as a verdict's text without its key; None where it was not made."""
    try:
        code = int((results / f"{name}.code").read_text())
        if code == 124:  # the time was up
            return None
        if code == 4:
            error = (results / f"{name}.err").read_text(errors="replace").split("error: ", 1)[1].splitlines()[0]
            return normalised(f"not supported: {error.removeprefix('the built-in engine cannot ')}\n", directory)
        summary = json.loads((results / f"{name}.json").read_text())
        lines = (results / f"{name}.raw").read_bytes().decode(errors="backslashreplace")
    except (OSError, ValueError, IndexError):
        return None
    end = summary["run"]["end"]
    head = [f"end: {code} {end['kind']} {end['detail'] or ''}".rstrip()]
    head += [f"message: {message['text'] if isinstance(message, dict) else message}" for message in summary["messages"]]
    return normalised("\n".join(head) + "\n\n" + lines, directory)


def verdict(verdicts, name):
    try:
        head, rest = (verdicts / f"{name}.txt").read_text().split("\n", 1)
    except OSError:
        return None
    return normalised(rest, "DIR") if head == f"key: {key(name)}" else None


def names(directory):
    return (directory / "names").read_text().split()


def take(results, verdicts, directory):
    """Returns whether those that had a verdict got the same one again."""
    verdicts.mkdir(exist_ok=True)
    agrees = True
    for path in sorted(results.glob("*.code")):
        name, text = path.stem, outcome(results, path.stem, directory)
        before = verdict(verdicts, name)
        if before not in (None, text):
            print(f"FAILED  SystemTap's verdict on {name} was another one:\n{before}\nand is now:\n{text}")
            agrees = False
        elif text is not None:
            (verdicts / f"{name}.txt").write_text(f"key: {key(name)}\n{text}")
    return agrees


def missing(verdicts, directory):
    for name in names(directory):
        if verdict(verdicts, name) is None:
            print(name)


def judge(results, verdicts, known, directory):
    """Prints a line a script, then the counts; returns whether all is as the list says."""
    listed = dict(re.findall(r"^([\w-]+): *(.*)$", known.read_text(), re.M))
    count = dict.fromkeys(("same", "different", "not supported", "without verdict"), 0)
    wrong = []
    for name in names(directory):
        ours, stap = outcome(results, name, directory), verdict(verdicts, name)
        if ours is not None and ours.startswith("not supported: "):
            kind, found = "not supported", ours.strip()
        elif stap is None:
            kind, found = "without verdict", "without verdict" if ours else "without verdict: the run failed"
        elif ours == stap:
            kind, found = "same", None
        else:
            kind, found = "different", "different"
            sys.stdout.writelines(
                line if line.endswith("\n") else line + "\n"
                for line in difflib.unified_diff(
                    stap.splitlines(True), (ours or "").splitlines(True), f"stap/{name}", f"bpf/{name}", n=1
                )
            )
        count[kind] += 1
        expected = listed.pop(name, None)
        if kind != "same":
            print(f"{name}: {found}")
        # A script without a verdict is told, not failed; what is known is told word by word.
        agrees = expected is None if found is None else kind == "without verdict" or bool(expected) and (
            expected == found or kind == "different" and expected.startswith("different: ")
        )
        if not agrees:
            wrong.append(f"{name}: found {found or 'the same'!r}, listed {expected!r}")
    print(", ".join(f"{number} {kind}" for kind, number in count.items()))
    for line in wrong:
        print(f"FAILED  {line}")
    return not wrong


mode, *paths = sys.argv[1:]
if {"take": take, "missing": missing, "judge": judge}[mode](*map(Path, paths)) is False:
    sys.exit(1)
