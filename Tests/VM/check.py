#!/usr/bin/env python3
"""Holds what the runs in the virtual machine left in DIR/results against what really happened there.

Every expectation is printed; the last line counts them. A missing or unreadable file is a failed expectation.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

RESULTS = Path(sys.argv[1]) / "results"
CONFORMANCE = Path(__file__).parent.parent / "Conformance"
passed = failed = 0


def check(what, holds, found=None):
    global passed, failed
    if holds:
        passed += 1
        print(f"ok      {what}")
    else:
        failed += 1
        print(f"FAILED  {what}" + ("" if found is None else f"\n        found {found!r}"))


def equal(what, found, expected):
    check(f"{what}: {expected!r}" if not isinstance(expected, (dict, list)) else what, found == expected, found)


def text(name):
    try:
        return (RESULTS / name).read_text(errors="replace")
    except OSError as error:
        return f"({error})"


class Summary:
    """A run's JSON summary; an empty one where there is none, so that each expectation fails for itself."""

    def __init__(self, name):
        self.name = name
        try:
            self.json = json.loads((RESULTS / f"{name}.json").read_text())
        except (OSError, ValueError) as error:
            check(f"{name}: a summary was written", False, str(error) + "\n" + text(f"{name}.err")[-2000:])
            self.json = {}

    def __getitem__(self, key):
        return self.json.get(key)

    def count(self, record):
        return next((r["count"] for r in self["records"] or [] if r["name"] == record), 0)

    def rows(self, title):
        """A table's rows as dictionaries by column, stacks as lists of frames."""
        for table in self["tables"] or []:
            if table["title"] == title:
                return [dict(zip(table["columns"], map(self.value, row))) for row in table["rows"]]
        return []

    def value(self, cell):
        if isinstance(cell, dict):
            return self["stacks"][cell["stack"]]["frames"] if "stack" in cell else cell["hex"]
        return cell

    def tree(self):
        return [(n["depth"], n["label"]) for t in self["trees"] or [] for n in t["nodes"]]

    def losses(self):
        return [loss["text"] for loss in self["losses"] or []]


def code(name):
    return text(f"{name}.code").strip()


def symbols(frames):
    return [frame["symbol"] for frame in frames or []]


def begins(frames, *names):
    """Whether the stack's innermost frames have these symbols, libc's aliases by any of their names."""
    return [re.sub(r"^(__libc_|__)|@.*$", "", s or "?") for s in symbols(frames)[: len(names)]] == list(names)


# ---- the virtual machine ----

requests = Counter(tuple(line.split()) for line in text("requests.txt").splitlines())
equal(
    "nginx answered as its configuration says",
    dict(requests),
    {
        ("down", "502"): 3,
        ("other-host", "502"): 1,
        ("no-host", "502"): 1,
        ("pass", "502"): 1,
        ("fallback", "200"): 1,
        ("fine", "200"): 1,
        ("forged", "502"): 1,
        ("many", "200"): 1,
        ("long", "200"): 1,
        ("quotes", "200"): 1,
    },
)
trouble = [l for l in text("dmesg.txt").splitlines() if re.search(r"BUG:|Oops|general protection|soft lockup", l)]
equal("the kernel had no trouble", trouble, [])

# ---- nginx-5xx ----

errors = Summary("errors")
equal("nginx-5xx: exit code, with --fail-if request", code("errors"), "10")
which = [r for r in errors.rows("Which requests") if "warm-up" not in r["uri"]]
seen = Counter()
for row in which:
    seen[row["status"], row["host"], row["method"], row["uri"]] += row["count"]
equal(
    "nginx-5xx: each 502 once, by host and path, no query strings",
    dict(seen),
    {
        (502, "www.example.com", "GET", "/down/a"): 2,
        (502, "www.example.com", "GET", "/down/b"): 1,
        (502, "other.example.org", "GET", "/down/c"): 1,
        # The name of the server block that nginx chose.
        (502, "default.example.net", "GET", "/down/d"): 1,
        # The front nginx, and the back one, which nginx asks by its address.
        (502, "other.example.org", "GET", "/pass/e"): 1,
        (502, "127.0.0.1", "GET", "/pass/e"): 1,
        (502, "other.example.org", "GET", "/fallback/f"): 1,
        # A line end in the path neither ends the record nor makes another one.
        (502, "other.example.org", "GET", "/down/\\nrc: 599 status: 599 host: x"): 1,
    },
)
where = errors.rows("Where the errors come from")
check("nginx-5xx: there are stacks", len(where) > 0, where)
for row in where:
    names = symbols(row["stack"])
    check(
        f"nginx-5xx: a stack of {len(names)} frames from the finalization to main (rc {row['rc']})",
        names[:1] == ["ngx_http_finalize_request"] and "ngx_worker_process_cycle" in names and "main" in names,
        names,
    )
equal("nginx-5xx: the codes that nginx finalized with", {row["rc"] for row in where}, {0, 502})
equal(
    "nginx-5xx: no stack is cut short",
    [symbols(s["frames"]) for s in errors["stacks"] or [] if not s["complete"]],
    [],
)
run = errors["run"] or {}
check("nginx-5xx: the engine's version", re.fullmatch(r"stap \d+\.\d+", run.get("engine") or ""), run.get("engine"))
check("nginx-5xx: the recipe's digest", re.fullmatch(r"sha256:[0-9a-f]{64}", run.get("recipeDigest") or ""))
notes = subprocess.run(["readelf", "-n", sys.argv[1] + "/bin/nginx"], capture_output=True, text=True).stdout
equal("nginx-5xx: the binary's build id", [run.get("target", {}).get("buildID")], re.findall(r"Build ID: (\w+)", notes))
equal("nginx-5xx: complete", errors["grade"], "complete")
equal("nginx-5xx: nothing lost", errors.losses(), [])
equal("nginx-5xx: nothing of the output was left over", errors["unmatchedLines"], [])
by_host = Summary("errors-of-host")
equal("nginx-5xx --host: interrupted", code("errors-of-host"), "130")
equal(
    "nginx-5xx --host --show-secrets: only that host's requests, with query strings",
    sorted((r["uri"], r["count"]) for r in by_host.rows("Which requests") if "warm-up" not in r["uri"]),
    [("/down/a?q=planted-query", 2), ("/down/b", 1)],
)

# ---- nginx-headers ----

headers = Summary("headers")
opened = Summary("headers-open")
for summary in (headers, opened):
    name = f"nginx-headers{' --show-secrets' if summary is opened else ''}"
    equal(f"{name}: interrupted, and the summary written", code(summary.name), "130")
    found = Counter()
    for row in summary.rows("Requests"):
        if "warm-up" not in row["uri"] and row["host"] != "127.0.0.1":
            found[row["host"], row["uri"].split("?")[0]] += row["count"]
    equal(
        f"{name}: each request once",
        dict(found),
        {
            ("www.example.com", "/down/a"): 2,
            ("www.example.com", "/down/b"): 1,
            ("other.example.org", "/down/c"): 1,
            ("-", "/down/d"): 1,
            ("other.example.org", "/pass/e"): 1,
            ("other.example.org", "/fallback/f"): 1,
            ("www.example.com", "/fine"): 1,
            ("other.example.org", "/down/\\nrc: 599 status: 599 host: x"): 1,
            ("www.example.com", "/many"): 1,
            ("www.example.com", "/long"): 1,
            ("www.example.com", "/echo"): 1,
        },
    )
    equal(f"{name}: nothing of the output was left over", summary["unmatchedLines"], [])
    raw = text(f"{summary.name}.raw")
    check(f"{name}: a cut value says so", re.search(r"^header: X-Long l{400}<cut:600>$", raw, re.M), None)
    check(f"{name}: headers past the limit are counted", re.search(r"^more: 1[0-9]$", raw, re.M), None)
    check(
        f"{name}: quotes, tabs and UTF-8 are escaped",
        re.search(r'^header: X-Note say \\"hi\\"\\t\\(u20AC|342)', raw, re.M),
        re.findall(r"^header: X-Note.*$", raw, re.M),
    )

planted = ["token", "cookie", "key", "proxy", "xauth", "userinfo", "url", "query", "bearer", "bare", "relative"]
for secret in planted:
    files = [p.name for p in sorted(RESULTS.glob("headers.*")) if f"planted-{secret}" in p.read_text(errors="replace")]
    equal(f"nginx-headers: the planted {secret} is nowhere in what the run wrote", files, [])
    check(
        f"nginx-headers --show-secrets: the planted {secret} is shown",
        f"planted-{secret}" in text("headers-open.raw"),
    )
values = {r["name"]: r["value"] for r in headers.rows("Headers")}
equal(
    "nginx-headers: what stands in a secret's place",
    {name: values.get(name) for name in ["Authorization", "Cookie", "X-Api-Key", "X-Original-URL"]},
    {
        "Authorization": "<redacted 20 bytes>",
        "Cookie": "<redacted 22 bytes>",
        "X-Api-Key": "<redacted 11 bytes>",
        "X-Original-URL": "/a?<redacted>",
    },
)
equal(
    "nginx-5xx: query strings are nowhere in what the run wrote",
    [p.name for p in sorted(RESULTS.glob("errors.*")) if "planted-" in p.read_text(errors="replace")],
    [],
)

# ---- heap-leaks ----

leaks = Summary("heap-leaks")
equal("heap-leaks: exit code", code("heap-leaks"), "0")
expected = {}
for site, blocks, size in re.findall(r"^leak (\S+) (\d+) (\d+)$", text("heap-leaks.planted"), re.M):
    expected[site] = (int(blocks), int(size))
check("heap-leaks: the victim says what it planted", len(expected) == 6, expected)
found, others = {}, []
for row in leaks.rows("Held at the end"):
    site = next((s for s in symbols(row["stack"]) if s in expected), None)
    if site:
        blocks, size = found.get(site, (0, 0))
        found[site] = (blocks + row["sum(blocks)"], size + row["sum(bytes)"])
        names = symbols(row["stack"])
        check(
            f"heap-leaks: {site}'s stack reaches {'its thread' if 'thread' in site else 'main'}",
            ("start_thread" if "thread" in site else "main") in names,
            names,
        )
    else:
        others.append(symbols(row["stack"]))
equal("heap-leaks: every planted site with its blocks and bytes", found, expected)
# What libc and the dynamic linker keep: stdio's buffer and file, threads' tables.
internal = {"_IO_file_doallocate", "_dl_allocate_tls", "allocate_dtv", "pthread_create", "_IO_fopen", "_IO_freopen"}
check(
    "heap-leaks: nothing else of the program's own is called a leak",
    not any({"no_leak"} & set(names) for names in others),
    others,
)
equal("heap-leaks: no double free where there is none", leaks.rows("Freed twice"), [])
equal("heap-leaks: nothing of the output was left over", leaks["unmatchedLines"], [])
equal("heap-leaks: no skipped probes", [l for l in leaks.losses() if "skipped" in l], [])

twice = Summary("heap-double-free")
equal("heap-leaks, double free: exit code", code("heap-double-free"), "0")
rows = twice.rows("Freed twice")
equal("heap-leaks, double free: one", [r["count"] for r in rows], [1])
planted_free = re.findall(r"^double-free (\S+) (\S+) (\S+)$", text("heap-double-free.planted"), re.M)
check("heap-leaks, double free: the victim says what it planted", len(planted_free) == 1, planted_free)
address, second, first = (planted_free or [("", "", "")])[0]
for row in rows:
    # free has several names in libc's symbol table, cfree is one of them.
    for column, site in (("stack", second), ("first-free.stack", first)):
        names = symbols(row[column])
        check(
            f"heap-leaks, double free: the {column} goes through {site} to main",
            re.search("free", names[0] or "") and names[1] == site and "main" in names,
            names,
        )
check(
    "heap-leaks, double free: the block's address",
    address and f"double free: {address}\n" in text("heap-double-free.raw"),
    address,
)

running = Summary("heap-pid")
equal("heap-leaks --pid: exit code at the timeout", code("heap-pid"), "0")
rows = [r for r in running.rows("Held at the end") if "leak_small" in symbols(r["stack"])]
check(
    "heap-leaks --pid: the running victim's leak, 48 bytes a block",
    len(rows) == 1 and rows[0]["sum(blocks)"] >= 14 and rows[0]["sum(bytes)"] == 48 * rows[0]["sum(blocks)"],
    rows,
)
equal("heap-leaks --pid: no double free", running.rows("Freed twice"), [])

# ---- fork-trace ----

for name in ["forks", "forks-c"]:
    recipe = "fork-trace" if name == "forks" else "fork-trace-c"
    summary = Summary(name)
    equal(f"{recipe}: exit code", code(name), "0")
    edges = re.findall(r"^fork (\d+) (\d+) (.*)$", text(f"{name}.planted"), re.M)
    check(f"{recipe}: the victim forked six times", len(edges) == 6, edges)
    raw = [m.groups() for m in re.finditer(r"^fork: (\d+) -> (\d+) (.*)$", text(f"{name}.raw"), re.M)]
    equal(f"{recipe}: exactly these forks, in order, no thread", raw, edges)
    # The tree, depth first, children in the order of their forks.
    children = {}
    for parent, child, _ in edges:
        children.setdefault(parent, []).append(child)

    def walk(node, depth=0):
        yield depth, node
        for child in children.get(node, []):
            yield from walk(child, depth + 1)

    shape = list(walk(edges[0][0])) if edges else []
    tree = [(depth, (re.findall(r"\((\d+)\)", label) or ["?"])[-1]) for depth, label in summary.tree()]
    equal(f"{recipe}: the tree's shape", tree, shape)
    check(
        f"{recipe}: the tree names the processes",
        any("root of all" in label for _, label in summary.tree())
        and any("branch-a" in label for _, label in summary.tree()),
        summary.tree(),
    )
    equal(f"{recipe}: complete", summary["grade"], "complete")
equal(
    "fork-trace: the program that was started",
    [r["comm"] for r in Summary("forks").rows("Programs started") if r["comm"] == "victim"],
    ["victim"],
)
equal("fork-trace-c: refused without --allow-guru, as wrong usage", code("forks-refused"), "2")
check("fork-trace-c: the refusal names --allow-guru", "--allow-guru" in text("forks-refused.err"))

# ---- module-calls ----


def callers_of(name):
    """What callers.sh said under a run: process ids, numbers of calls and names, as texts."""
    return re.findall(r"^caller (\d+) (\d+) (.*)$", text(f"{name}.err"), re.M)


called = 0
for name, engine in [("calls", "stap"), ("calls-bpf", "bpf")]:
    calls = Summary(name)
    equal(f"module-calls by {engine}: exit code", code(name), "0")
    callers = callers_of(name)
    check(f"module-calls by {engine}: two processes called the function", len(callers) == 2, text(f"{name}.err"))
    called += sum(int(count) for _, count, _ in callers)
    equal(
        f"module-calls by {engine}: each caller with its calls, the most first, none from before the run or after it",
        [(str(r["pid"]), str(r["sum(calls)"]), r["comm"].replace("\\040", " ")) for r in calls.rows("Who calls it")],
        callers,
    )
    check(f"module-calls by {engine}: the engine", ((calls["run"] or {}).get("engine") or "").startswith(engine))
    equal(f"module-calls by {engine}: complete", calls["grade"], "complete")

# ---- kernel-stacks ----

ways = Summary("ways-one")
equal("kernel-stacks of a module's function: exit code", code("ways-one"), "0")
callers = callers_of("ways-one")
called += sum(int(count) for _, count, _ in callers)
equal("kernel-stacks of a module's function: complete", ways["grade"], "complete")
# The command's process and its child.
both = sum(int(count) for _, count, _ in callers)
equal("kernel-stacks of a module's function: one way", [r["count"] for r in ways.rows("Kernel stacks")], [both])
stack = symbols(next((r["stack"] for r in ways.rows("Kernel stacks")), []))
equal(
    "kernel-stacks of a module's function: from it to the system call",
    [stack[0:2], stack[-1:]],
    [["tally_one", "tally_write"], ["entry_SYSCALL_64_after_hwframe"]],
)
check("kernel-stacks of a module's function: by write(2)", "ksys_write" in stack, stack)
forks = Summary("ways-fork")
equal("kernel-stacks of a tracepoint: exit code", code("ways-fork"), "0")
called += sum(int(count) for _, count, _ in callers_of("ways-fork"))
equal("kernel-stacks of a tracepoint: the fork", [r["count"] for r in forks.rows("Kernel stacks")], [1])
stack = symbols(next((r["stack"] for r in forks.rows("Kernel stacks")), []))
check("kernel-stacks of a tracepoint: from fork to the system call",
    stack[:1] == ["kernel_clone"] and stack[-1:] == ["entry_SYSCALL_64_after_hwframe"], stack)

equal("module-calls: the module's own count is all these runs' and five more", text("tally.txt").strip(), str(5 + called))

# ---- set-variable ----

for name, engine in [("changes", "stap"), ("changes-bpf", "bpf")]:
    summary = Summary(name)
    equal(f"set-variable by {engine}: exit code", code(name), "0")
    equal(
        f"set-variable by {engine}: what the program decided",
        re.findall(r"^limit (\d+)$", text(f"{name}.err"), re.M),
        ["222"] * 3,
    )
    equal(
        f"set-variable by {engine}: each change, before and after",
        [(r["count"], r["function"], r["before"], r["after"]) for r in summary.rows("Changes")],
        [(1, "decide", before, 222) for before in (111, 112, 113)],
    )
    check(f"set-variable by {engine}: the engine", ((summary["run"] or {}).get("engine") or "").startswith(engine))
    equal(f"set-variable by {engine}: complete", summary["grade"], "complete")
twice = Summary("changes-twice")
equal("set-variable --times 2: exit code", code("changes-twice"), "0")
equal("set-variable --times 2: the first two", [r["before"] for r in twice.rows("Changes")], [111, 112])
equal("set-variable: refused without --allow-guru, as wrong usage", code("changes-refused"), "2")
check("set-variable: the refusal names --allow-guru", "--allow-guru" in text("changes-refused.err"))
equal("set-variable: a refused run does not start the program", "limit" in text("changes-refused.err"), False)

# ---- a limit that is too small ----

for name, attempts, raised in [("busy", 2, 1000), ("busy-again", 1, None)]:
    summary = Summary(name)
    run = summary["run"] or {}
    what = "a limit that is too small" if raised else "the run after it"
    equal(f"{what}: exit code", code(name), "0")
    equal(f"{what}: attempts", run.get("attempts"), attempts)
    actions = [l for l in run.get("limits", []) if l["name"] == "MAXACTION"]
    equal(f"{what}: MAXACTION", actions, [{"name": "MAXACTION", "value": 4000, "raisedFrom": raised}])
    equal(f"{what}: one record", summary.count("done"), 1)
    equal(f"{what}: the saved output is the last attempt's", text(f"{name}.raw"), "done: 12000\n")
    equal(f"{what}: complete", summary["grade"], "complete")
check("a limit that is too small: it is said", "MAXACTION 1000 was too small" in text("busy.err"), text("busy.err"))

# ---- the recipes' own live tests by SystemTap ----

equal("the live tests: exit code", code("live"), "0")
proofs = json.loads(text("live.json") or "{}").get("proofs", [])
equal("the live tests: which", sorted({proof["recipe"] for proof in proofs}), ["fork-trace", "heap-leaks"])
for proof in proofs:
    check(
        f"the live test of {proof['recipe']} ({proof['test']}) by {proof['engine']} is proved",
        proof["engine"] == "stap" and proof["verdict"] == "proved",
        [proof["verdict"], proof["words"], proof["diagnostics"], text("live.err")],
    )

# ---- the recipes by both engines ----

# A record, its stack and what else belongs to it, up to the next one.
RECORD = re.compile(r"^(?=rc: |request: |held: |double free: |calls: |fork: |exec: )", re.M)


def records(name):
    """A run's records in any order, without those of the warm-up; addresses and process ids by words."""
    lines = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text(f"{name}.raw"))
    numbers = {}

    def number(match):
        return match[1] + ", ".join(str(numbers.setdefault(n, len(numbers))) for n in re.findall(r"\d+", match[2]))

    lines = re.sub(r"^(fork: |exec: )(\d+(?: -> \d+)?)", number, lines, flags=re.M)
    return Counter(record for record in RECORD.split(lines) if record and "warm-up" not in record.split("\n")[0])


# What is known to differ, by recipe, as in Tests/Conformance/known.txt.
known = dict(re.findall(r"^recipe-([\w-]+): *([\w ]+)", (CONFORMANCE / "known.txt").read_text(), re.M))
compared = {
    "nginx-5xx": ["errors-of-host"],
    "nginx-headers": ["headers-open"],
    "heap-leaks": ["heap-leaks", "heap-double-free"],
    "fork-trace": ["forks"],
}
for recipe, runs in compared.items():
    for run in runs:
        stap, ours = records(run), records(f"{run}-bpf")
        found = "not supported" if code(f"{run}-bpf") == "4" else "same" if stap == ours else "different"
        check(
            f"{recipe} ({run}): both engines' {sum(stap.values())} records are {known.get(recipe, 'same')}",
            found == known.get(recipe, "same") and len(stap) > 0,
            [found, list((stap - ours).items())[:3], list((ours - stap).items())[:3]],
        )

# ---- however a run ends ----

equal("nothing was left behind by all these runs", text("before.left"), "")
for signal in ["INT", "TERM", "KILL"]:
    equal(f"a run ended by SIG{signal} leaves no module, process or file", text(f"ended-{signal}.left"), "")
equal("a run ended by SIGINT: exit code", code("ended-INT"), "130")
check("a run ended by SIGINT writes its summary", Summary("ended-INT").count("request") > 0)
equal("the module can be loaded again after a kill", code("again"), "130")
equal("which again leaves nothing", text("again.left"), "")

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
