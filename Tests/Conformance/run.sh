#!/bin/bash
# Runs the conformance scripts by SystemTap and by the built-in engine, and holds their lines against each other.
#
#   run.sh [NAME…]     all scripts and the four recipes, or some of the scripts
#
# SystemTap's modules are compiled here, which takes 3 s for each that the cache does not hold, and run under
# Debian's kernel in one boot; the built-in engine runs beside them, and under Debian 11's kernel (5.10).
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"

here="$root/Tests/Conformance"
started=$SECONDS
elapsed() { say "$* ($((SECONDS - started)) s)"; }

# One run at a time: the directory's path is part of the compiled modules.
mkdir -p "$cache"
exec 9>"$cache/conformance.lock"
flock --nonblock 9 || die "another run uses $cache/conformance"

taprecipe=${TAPRECIPE:-"$(swift build --package-path "$root" --show-bin-path)/taprecipe"}
[ -x "$taprecipe" ] || die "$taprecipe is not built; run 'make build'"
release=$(kernel_release)

dir="$cache/conformance"
rm -rf "$dir"/{results,recipes}
mkdir -p "$dir"/{bin,modules,results}
cc -Wall -Wextra -Werror -g -O1 -fno-builtin -fno-optimize-sibling-calls -o "$dir/steady.new" "$here/steady.c"
cmp -s "$dir/steady.new" "$dir/bin/steady" || mv "$dir/steady.new" "$dir/bin/steady"
rm -f "$dir/steady.new"
python3 "$here/wrap.py" "$here/scripts" "$dir/recipes"

names=("$@")
[ "${#names[@]}" -gt 0 ] || mapfile -t names < <(cd "$here/scripts" && printf '%s\n' *.stp | sed 's/\.stp$//')
printf '%s\n' "${names[@]}" >"$dir/names"

# taprecipe's own cache keeps the compiled modules by content.
export XDG_CACHE_HOME="$cache/modules" XDG_STATE_HOME="$cache/state"
mkdir -p "$XDG_CACHE_HOME" "$XDG_STATE_HOME"

# compile NAME: makes modules/NAME.ko.
compile() {
    local guru=()
    ! grep -q '^guru:' "$dir/recipes/$1.yaml" || guru=(--allow-guru)
    "$taprecipe" compile "$1" "${guru[@]}" --program "$dir/bin/steady" --recipes "$dir/recipes" \
        --kernel-release "$release" -o "$dir/modules/$1.ko" >"$dir/modules/$1.log" 2>&1 </dev/null ||
        sed "s/^/$1: /" "$dir/modules/$1.log" >&2
}
say "compiling ${#names[@]} scripts for $release"
rm -f "$dir"/modules/*
for name in "${names[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do sleep 0.1; done
    compile "$name" &
done
wait
elapsed "compiled"

# guest RELEASE IMAGE ENGINES…: runs the scripts in there.
guest() {
    local kernel=$1 image=$2 status=0
    shift 2
    say "booting $kernel under software emulation"
    "$root/Scripts/vm.sh" --image "$image" --timeout 1500 --rw "$dir" -- \
        bash "$here/guest.sh" "$dir" "$taprecipe" "$dir/results/$kernel" "$@" 9>&- |
        tr -d '\r' >"$dir/results/$kernel.txt" || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$dir/results/$kernel.txt" >&2
        die "the guest's run failed with status $status (the end of its console is above)"
    fi
    elapsed "$kernel is done"
}
guest "$release" "/boot/vmlinuz-$release" stap bpf
python3 "$here/compare.py" "$dir" "$here/known.txt"
