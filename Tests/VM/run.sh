#!/bin/bash
# Runs the recipes for real: compiles their modules here, boots Debian's kernel once, runs them in there against
# a real nginx and our own victim program.
#
# Holds every summary against what really happened; ends with "N passed, N failed".
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"

here="$root/Tests/VM"
started=$SECONDS
elapsed() { say "$* ($((SECONDS - started)) s)"; }

# One run at a time: the shared directory's path is part of the compiled modules.
mkdir -p "$cache"
exec 9>"$cache/vm.lock"
flock --nonblock 9 || die "another run uses $cache/vm"

# TAPRECIPE names another build to test, an installed one say.
taprecipe=${TAPRECIPE:-"$(swift build --package-path "$root" --show-bin-path)/taprecipe"}
[ -x "$taprecipe" ] || die "$taprecipe is not built; run 'make build'"
release=$(kernel_release)
nginx_built=$("$root/Scripts/nginx.sh")

# What the guest sees read-write. It is a file system of its own there, which user-space probes need: the
# kernel cannot place them in files of an overlay, which the guest has over /home, /usr and others.
dir="$cache/vm"
rm -rf "$dir"/{results,nginx,modules,tmp}
mkdir -p "$dir"/{bin,modules,nginx,results}

# The probed programs, replaced only where they changed.
place() {
    cmp -s "$1" "$dir/bin/$2" || { cp "$1" "$dir/bin/$2.new" && mv "$dir/bin/$2.new" "$dir/bin/$2"; }
}
place "$nginx_built" nginx
cc -Wall -Wextra -Werror -g -O1 -fno-builtin -fno-optimize-sibling-calls -pthread \
    -o "$dir/victim.new" "$root/Tests/Programs/victim.c"
place "$dir/victim.new" victim
rm "$dir/victim.new"
nginx="$dir/bin/nginx" victim="$dir/bin/victim"

# taprecipe's own cache keeps the compiled modules by content.
export XDG_CACHE_HOME="$cache/modules" XDG_STATE_HOME="$cache/state"
mkdir -p "$XDG_CACHE_HOME" "$XDG_STATE_HOME"

# compile NAME RECIPE ARGUMENTS… makes modules/NAME.ko and keeps the recipe's name for the run in the guest.
compile() {
    local name=$1
    shift
    printf '%s\n' "$1" >"$dir/modules/$name.recipe"
    if ! "$taprecipe" compile "$@" --recipes "$root/recipes" --kernel-release "$release" \
        -o "$dir/modules/$name.ko" >"$dir/modules/$name.log" 2>&1 </dev/null; then
        sed "s/^/$name: /" "$dir/modules/$name.log" >&2
        return 1
    fi
    elapsed "compiled $name"
}

say "compiling for $release"
# Two at a time: one is mostly stap, the other mostly the C compiler.
jobs=()
limit() {
    jobs+=("$!")
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do sleep 0.2; done
}
compile forks fork-trace & limit
compile errors nginx-5xx --binary "$nginx" & limit
compile errors-of-host nginx-5xx --binary "$nginx" --host '[.]example[.]com$' --show-secrets & limit
compile headers nginx-headers --binary "$nginx" --max-headers 20 & limit
compile headers-open nginx-headers --binary "$nginx" --max-headers 20 --show-secrets & limit
compile heap heap-leaks --program "$victim" & limit
compile forks-c fork-trace-c --allow-guru & limit
# A limit that is too small, and the larger one that the run will want: both are in the cache then.
compile busy "$here/busy.yaml" & limit
compile busy-raised "$here/busy.yaml" --limit MAXACTION=4000 & limit
failed=0
for job in "${jobs[@]}"; do wait "$job" || failed=$((failed + 1)); done
[ "$failed" -eq 0 ] || die "$failed modules were not compiled (their words are above)"

say "booting $release under software emulation"
status=0
"$root/Scripts/vm.sh" --release "$release" --timeout 1500 --rw "$dir" -- \
    bash "$here/guest.sh" "$dir" "$taprecipe" "$root/recipes" "$XDG_CACHE_HOME" 9>&- |
    tr -d '\r' >"$dir/results/console.txt" || status=$?
if [ "$status" -ne 0 ]; then
    tail -n 60 "$dir/results/console.txt" >&2
    die "the guest's run failed with status $status (the end of its console is above; all is in $dir/results)"
fi
elapsed "the guest is done"

python3 "$here/check.py" "$dir"
