"""What following every malloc and free by its stack costs the program."""
import os
import re
import shutil

from harness import Turns, bpftrace, content, judged, median, taprecipe
from hits import in_turns

CALLS = 5000
LONG = 100000
# Before whatever else the machine does.
FIRST = ("chrt", "-r", "10")


def private_libc(bench, name):
    """A copy of the C library that nobody else runs, so that the probes are the traced program's alone."""
    folder = bench.path(name)
    os.mkdir(folder)
    for file in ("libc.so.6", "ld-linux-x86-64.so.2"):
        shutil.copy(os.path.join("/lib/x86_64-linux-gnu", file), folder)
    return folder


def program(bench, folder):
    return Turns(*FIRST, os.path.join(folder, "ld-linux-x86-64.so.2"), "--library-path", folder, bench.target, "mallocs")


# The part of heap-leaks that every malloc and free goes through, on events of functions alone.
OURS = """
global allocations
global site_of_block, size_of_block, asked_site, asked_size, bytes_of_site, blocks_of_site
probe process("LIBC").function("__libc_malloc").call {
    asked_site[tid()] = ubacktrace()
    asked_size[tid()] = $bytes
}
probe process("LIBC").function("__libc_malloc").return {
    thread = tid()
    if ((thread in asked_size) && $return) {
        allocations++
        site_of_block[$return] = asked_site[thread]
        size_of_block[$return] = asked_size[thread]
        bytes_of_site[asked_site[thread]] += asked_size[thread]
        blocks_of_site[asked_site[thread]]++
        delete asked_site[thread]
        delete asked_size[thread]
    }
}
probe process("LIBC").function("__libc_free").call {
    if ($mem in site_of_block) {
        at = site_of_block[$mem]
        bytes_of_site[at] -= size_of_block[$mem]
        blocks_of_site[at]--
        delete site_of_block[$mem]
        delete size_of_block[$mem]
    }
}
probe end { printf("allocations: %d\\n", allocations) foreach (at in bytes_of_site) printf("held: %d in %d\\n", bytes_of_site[at], blocks_of_site[at]) }
"""

# bpftrace's map of maps by stack; its stacks follow frame pointers.
THEIRS = """
uprobe:LIBC:malloc { @site[tid] = ustack; @size[tid] = arg0; }
uretprobe:LIBC:malloc /@size[tid] && retval/ {
    @block_site[retval] = @site[tid]; @block_size[retval] = @size[tid];
    @bytes[@site[tid]] = @bytes[@site[tid]] + @size[tid]; @blocks[@site[tid]]++;
    delete(@site[tid]); delete(@size[tid]);
}
uprobe:LIBC:free /@block_size[arg0]/ {
    @bytes[@block_site[arg0]] = @bytes[@block_site[arg0]] - @block_size[arg0]; @blocks[@block_site[arg0]]--;
    delete(@block_site[arg0]); delete(@block_size[arg0]);
}
"""


def measure(bench):
    folders = [private_libc(bench, name) for name in ("libc-bare", "libc-ours", "libc-theirs")]
    programs = [program(bench, folder) for folder in folders]
    recipe = bench.recipe(
        OURS.replace("LIBC", os.path.join(folders[1], "libc.so.6")),
        'records:\n  held:\n    line: "held: {bytes:integer} in {blocks:integer}"\n'
        '  total:\n    line: "allocations: {allocations:integer}"\n',
        'summary-tables:\n  - title: Seen\n    of: total\n    columns: [allocations]\n')
    ours = taprecipe(bench, recipe, "--live", prefix=FIRST)
    theirs = bpftrace(bench, THEIRS.replace("LIBC", os.path.join(folders[2], "libc.so.6")), prefix=FIRST)

    class All:
        asked = 0

        @classmethod
        def cost(cls, request):
            cls.asked += CALLS if request == "1" else 0
            return programs[int(request)].cost(CALLS)
    rounds = in_turns(bench, All, ["0", "1", "2"], 0.2)
    # Rounds are short enough for the ring; this is not.
    without_rest = programs[1].cost(LONG)
    for one in programs:
        one.finish()
    output, spent = ours.finish()
    theirs.finish()
    bare, mine, other = (median(column) for column in zip(*rounds))
    ratio = median((row[1] - row[0]) / (row[2] - row[0]) for row in rounds)
    print(f"a malloc and its free, followed by stack (200,000 a second are one each 5000 ns)\n"
          f"  bare {bare:.0f} ns, with taprecipe {mine:.0f} ns, with bpftrace {other:.0f} ns")
    print(f"  {LONG} pairs without rest: {without_rest:.0f} ns each; "
          f"{'; '.join(ours.warnings()) or 'no warning'}")
    seen = re.search(r"allocations: (\d+)", content(ours.log) + output)
    print(f"  {seen.group(1) if seen else 'none'} of {All.asked + LONG} allocations were seen")
    judged(f"{ratio:.3f} of what bpftrace adds", "1", ratio <= 1)
