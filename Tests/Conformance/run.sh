#!/bin/bash
# Runs the conformance scripts by the built-in engine and holds what it prints against SystemTap's verdicts.
#
#   run.sh [NAME…]     all scripts, or some; SCRIPTS=60 takes so many at random
#
# Verdicts are kept in verdicts/. Real SystemTap is asked under Debian's kernel for those that are missing or stale, and
# anew for a random sample (SAMPLE=2; SEED=N does the same again): half a minute each. The built-in engine runs in the same boot,
# and some scripts under Debian 11's kernel (5.10) too.
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"
. "$(dirname "$0")/../../Scripts/vm-test.sh"

here="$root/Tests/Conformance"
use conformance
# Two scripts run at a time by the built-in engine, each with a program of its own: others' calls are no events.
program "$here/steady.c" steady
mkdir -p "$dir/bin/2"
place "$dir/bin/steady" 2/steady
rm -rf "$dir/recipes"
python3 "$here/wrap.py" "$here/scripts" "$dir/recipes"

seed=${SEED:-$RANDOM}
# sample COUNT: so many of the lines on stdin.
sample() { shuf -n "$1" --random-source=<(yes "$seed"); }
names=("$@")
[ "${#names[@]}" -gt 0 ] || mapfile -t names < <(
    cd "$here/scripts" && printf '%s\n' *.stp | sed 's/\.stp$//' | sample "${SCRIPTS:-1000}" | sort
)
printf '%s\n' "${names[@]}" >"$dir/names"
compare() { python3 "$here/compare.py" "$@"; }
mapfile -t asked < <({
    compare missing "$here/verdicts" "$dir"
    sample "${SAMPLE:-2}" <"$dir/names"
} | sort -u)

say "compiling ${#asked[@]} of ${#names[@]} scripts for $release (SEED=$seed): ${asked[*]}"
for name in "${asked[@]}"; do
    guru=()
    ! grep -q '^guru:' "$dir/recipes/$name.yaml" || guru=(--allow-guru)
    compile "$name" "$name" "${guru[@]}" --program "$dir/bin/steady" --recipes "$dir/recipes"
done
compiled

# guest IMAGE RESULTS [NAME…]: runs all scripts by the built-in engine, and by SystemTap those that are named.
guest() {
    local image=$1 results="$dir/results/$2"
    shift 2
    mkdir -p "$results"
    printf '%s\n' "$@" >"$results/asked"
    boot "$image" "$results/console.txt" 3000 bash "$here/guest.sh" "$dir" "$taprecipe" "$results"
}
failed=0
guest "/boot/vmlinuz-$release" 6.1 "${asked[@]}"
compare take "$dir/results/6.1/stap" "$here/verdicts" "$dir" || failed=1
compare judge "$dir/results/6.1/bpf" "$here/verdicts" "$here/known.txt" "$dir" || failed=1

# What an older kernel's verifier may refuse.
old=$("$root/Scripts/old-kernel.sh")
printf '%s\n' loops array-string-key backtrace entry concatenation hist-linear functions statistics-array user-string \
    return-values printf-strings string-comparison narrow-arguments try-catch-plain var samples >"$dir/names"
guest "$old" 5.10
compare judge "$dir/results/5.10/bpf" "$here/verdicts" "$here/known.txt" "$dir" || failed=1
exit "$failed"
