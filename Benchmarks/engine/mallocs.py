"""What the recipe heap-leaks costs the program that it follows."""
import json
import os
import shutil
import subprocess

from harness import ROOT, Turns, bpftrace, judged, median, taprecipe
from hits import in_turns

CALLS = 5000
LONG = 100000
# Before whatever else the machine does.
FIRST = ("chrt", "-r", "10")

# What the recipe does, as bpftrace can: each block's stack by its address, the sums of each stack, and where each block
# was freed. Its stacks follow frame pointers, which nobody has here, so that they end at once.
THEIRS = """
uprobe:LIBC:malloc { @site[tid] = ustack; @size[tid] = arg0; }
uretprobe:LIBC:malloc /@size[tid] && retval/ {
    @allocations++;
    delete(@freed[retval]); delete(@is_free[retval]);
    @block_site[retval] = @site[tid]; @block_size[retval] = @size[tid];
    @bytes[@site[tid]] = @bytes[@site[tid]] + @size[tid]; @blocks[@site[tid]]++;
    delete(@site[tid]); delete(@size[tid]);
}
uprobe:LIBC:free /arg0/ {
    @frees++;
    if (@block_size[arg0]) {
        @bytes[@block_site[arg0]] = @bytes[@block_site[arg0]] - @block_size[arg0]; @blocks[@block_site[arg0]]--;
        delete(@block_site[arg0]); delete(@block_size[arg0]);
    }
    if (@is_free[arg0]) { printf("double free: %x\\n", arg0); }
    @is_free[arg0] = 1; @freed[arg0] = ustack;
}
"""


class Program(Turns):
    """The traced program with a copy of the C library that nobody else runs, so that the probes are its alone."""

    def __init__(self, bench, name):
        folder = bench.path(name)
        os.mkdir(folder)
        for file in ("libc.so.6", "ld-linux-x86-64.so.2"):
            shutil.copy(os.path.join("/lib/x86_64-linux-gnu", file), folder)
        self.libc = os.path.join(folder, "libc.so.6")
        self.path = os.path.join(folder, "target")
        subprocess.run(
            ["gcc", "-g", "-O2", "-fomit-frame-pointer", "-o", self.path, f"-Wl,-rpath,{folder}",
             f"-Wl,--dynamic-linker,{folder}/ld-linux-x86-64.so.2", os.path.join(ROOT, "Benchmarks", "engine", "target.c")],
            check=True)
        super().__init__(*FIRST, self.path, "mallocs")


def measure(bench):
    bare, mine, other = (Program(bench, name) for name in ("libc-bare", "libc-ours", "libc-theirs"))
    ours = taprecipe(
        bench, "heap-leaks", "--recipes", os.path.join(ROOT, "recipes"), "--libc", mine.libc, "--program", mine.path,
        "--pid", str(mine.child.pid), "--timeout", "10m", "--format", "json", prefix=FIRST)
    theirs = bpftrace(bench, THEIRS.replace("LIBC", other.libc), prefix=FIRST)
    programs = [bare, mine, other]

    class All:
        asked = 0

        @classmethod
        def cost(cls, request):
            cls.asked += CALLS if request == "1" else 0
            return programs[int(request)].cost(CALLS)
    rounds = in_turns(bench, All, ["0", "1", "2"], 0.2)
    # Rounds are short enough for the ring; this is not.
    without_rest = mine.cost(LONG)
    output, spent = ours.finish()
    theirs.finish()
    for one in programs:
        one.finish()
    costs = [median(column) for column in zip(*rounds)]
    ratio = median((row[1] - row[0]) / (row[2] - row[0]) for row in rounds)
    print("heap-leaks: a malloc and its free, followed by stack (200,000 a second are one each 5000 ns)\n"
          f"  bare {costs[0]:.0f} ns, with taprecipe {costs[1]:.0f} ns, with bpftrace {costs[2]:.0f} ns")
    summary = json.loads(output)
    lost = [loss["text"] for loss in summary["losses"]]
    print(f"  {LONG} pairs without rest: {without_rest:.0f} ns each; {'; '.join(lost) or 'nothing lost'}")
    calls = next(table for table in summary["tables"] if table["title"] == "Calls")["rows"]
    print(f"  {calls[0] if calls else 'none'} of {All.asked + LONG} allocations and frees were seen; "
          f"{spent:.1f} s of a processor for all")
    judged(f"{ratio:.3f} of what bpftrace adds", "1", ratio <= 1)
