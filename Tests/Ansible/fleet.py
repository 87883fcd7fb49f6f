"""Holds the fleet's report against what was planted: run.sh's loads."""

import json
import sys

PLANTED = {"web1": (1, 2), "web2": (3, 0), "web3": (0, 4)}
# The innermost functions that tell the two kinds of 502 apart.
REFUSED, ABSENT = "ngx_http_upstream_handler", "ngx_http_read_client_request_body"

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)


def expect(what, found, expected):
    if found != expected:
        sys.exit(f"fleet.py: {what}: found {found!r}, expected {expected!r}")


def rows(title):
    table = next(table for table in report["tables"] if table["title"] == title)
    return [dict(zip(table["columns"], row)) for row in table["rows"]]


expect("format", (report["format"], report["version"]), ("taprecipe.summary", 1))
expect("hosts", sorted(report["run"]["hosts"]), sorted(PLANTED))
expect(
    "requests by host",
    {row["host"]: (row["records"], row["grade"]) for row in rows("Hosts")},
    {host: (sum(counts), "complete") for host, counts in PLANTED.items()},
)

where = {}
for row in rows("Where the errors come from"):
    functions = [frame["symbol"] for frame in report["stacks"][row["stack"]["stack"]]["frames"]]
    kind = next(kind for kind in (REFUSED, ABSENT) if kind in functions)
    where[kind] = (row["count"], sorted(row["where"].split(", ")))
for kind, place in ((REFUSED, 0), (ABSENT, 1)):
    counts = {host: counts[place] for host, counts in PLANTED.items() if counts[place]}
    expected = (sum(counts.values()), sorted(f"{host} {count}" for host, count in counts.items()))
    expect(f"the stack with {kind}", where.pop(kind, None), expected)
expect("further stacks", where, {})
