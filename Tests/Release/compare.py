#!/usr/bin/env python3
"""Holds the summaries that two builds made of the same runs against each other, but for ids and addresses.

    compare.py DIR OTHER
"""

import json
import sys
from pathlib import Path

# What is another one in each run.
VOLATILE = {"pid", "parent", "child"}


def found(path):
    """What a summary tells of the program."""
    summary = json.loads(path.read_text())

    def value(cell):
        if isinstance(cell, dict) and "stack" in cell:
            return [frame["symbol"] for frame in summary["stacks"][cell["stack"]]["frames"]]
        return cell

    tables = {}
    for table in summary["tables"]:
        kept = [index for index, column in enumerate(table["columns"]) if column not in VOLATILE]
        rows = [[value(row[index]) for index in kept] for row in table["rows"]]
        tables[table["title"]] = sorted(rows, key=json.dumps)
    records = {record["name"]: record["count"] for record in summary["records"]}
    return {"records": records, "losses": summary["losses"], "grade": summary["grade"], "tables": tables}


def main(one, other):
    names = sorted(path.name for path in one.glob("*.json"))
    if not names or names != sorted(path.name for path in other.glob("*.json")):
        sys.exit(f"error: there are not the same summaries in {one} and {other}")
    different = False
    for name in names:
        left, right = found(one / name), found(other / name)
        if not any(left["records"].values()):
            sys.exit(f"error: {name} has no records")
        if left != right:
            different = True
            for key in left:
                if left[key] != right[key]:
                    print(f"{name}: {key}:\n  {one.name}: {json.dumps(left[key])}\n  {other.name}: {json.dumps(right[key])}")
        else:
            print(f"{name}: {left['records']}, {left['grade']}")
    sys.exit(1 if different else 0)


main(*map(Path, sys.argv[1:]))
