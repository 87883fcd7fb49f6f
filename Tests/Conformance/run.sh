#!/bin/bash
# Runs the conformance scripts by the built-in engine and holds what it prints against SystemTap's verdicts.
#
#   run.sh [NAME…]     all scripts, or some
#
# Verdicts are kept in verdicts/. Real SystemTap is asked under Debian's kernel for those that are missing or stale, and
# anew for a random sample (SAMPLE=6; SAMPLE=200 is all): its modules are compiled here, 3 s each where the machine is
# idle. The built-in engine runs in the same boot, and some scripts under Debian 11's kernel (5.10) too.
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
compare() { python3 "$here/compare.py" "$@"; }
mapfile -t asked < <({
    compare missing "$here/verdicts" "$dir"
    shuf -n "${SAMPLE:-6}" "$dir/names"
} | sort -u)

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
say "compiling ${#asked[@]} of ${#names[@]} scripts for $release: ${asked[*]}"
rm -f "$dir"/modules/*
for name in "${asked[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do sleep 0.1; done
    compile "$name" &
done
wait
elapsed "compiled"

# guest IMAGE RESULTS: makes the runs of the plan in there.
guest() {
    local status=0
    say "booting $1 under software emulation"
    "$root/Scripts/vm.sh" --image "$1" --timeout 3000 --rw "$dir" -- \
        bash "$here/guest.sh" "$dir" "$taprecipe" "$dir/results/$2" 9>&- |
        tr -d '\r' >"$dir/results/$2.txt" || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$dir/results/$2.txt" >&2
        die "the guest's run failed with status $status (the end of its console is above)"
    fi
    elapsed "Linux $2 is done"
}
failed=0
{
    for name in "${asked[@]}"; do [ ! -e "$dir/modules/$name.ko" ] || echo "stap $name"; done
    for name in "${names[@]}"; do echo "bpf $name"; done
} >"$dir/plan"
guest "/boot/vmlinuz-$release" 6.1
compare take "$dir/results/6.1/stap" "$here/verdicts" "$dir" || failed=1
compare judge "$dir/results/6.1/bpf" "$here/verdicts" "$here/known.txt" "$dir" || failed=1

# What an older kernel's verifier may refuse.
old=$("$root/Scripts/old-kernel.sh")
printf '%s\n' loops array-string-key backtrace entry concatenation hist-linear functions statistics-array user-string \
    return-values printf-strings string-comparison narrow-arguments try-catch-plain var >"$dir/names"
sed 's/^/bpf /' "$dir/names" >"$dir/plan"
guest "$old" 5.10
compare judge "$dir/results/5.10/bpf" "$here/verdicts" "$here/known.txt" "$dir" || failed=1
exit "$failed"
