#!/bin/bash
# Runs in the virtual machine, as root: the scripts of DIR/names by the built-in engine, two at a time, and those of
# RESULTS/asked by SystemTap. Leaves the lines, summary, messages and exit code of each in RESULTS/ENGINE/NAME.*, to be
# judged outside.
#
#   guest.sh DIR TAPRECIPE RESULTS
set -euo pipefail
dir=$1 taprecipe=$2 results=$3
. "$(dirname "$0")/../../Scripts/guest.sh"
# Programs lie at the same addresses in every run.
echo 0 >/proc/sys/kernel/randomize_va_space
# The recipes as installed: root's own.
cp -r "$dir/recipes" /run/recipes
chmod -R go-w /run/recipes

# run ENGINE NAME PROGRAM
run() {
    local engine=$1 name=$2 program=$3 code=0 words=()
    words=(--engine bpf --recipes /run/recipes --program "$program" --no-retry)
    [ "$engine" = bpf ] || words=(--module "$dir/modules/$name.ko")
    ! grep -q '^guru:' "/run/recipes/$name.yaml" || words+=(--allow-guru)
    words+=(--timeout 30s --format json --output "$results/$engine/$name.json" --raw "$results/$engine/$name.raw")
    grep -q '^  # alone$' "/run/recipes/$name.yaml" || words+=(-- "$program")
    # No run learns from another's limits.
    XDG_STATE_HOME="/run/state/$engine/$name" timeout 120 "$taprecipe" run "$name" "${words[@]}" \
        >"$results/$engine/$name.out" 2>"$results/$engine/$name.err" </dev/null || code=$?
    printf '%s\n' "$code" >"$results/$engine/$name.code"
    printf '[%s s] %s by %s\n' "$(cut -d . -f 1 /proc/uptime)" "$name" "$engine"
}

mkdir -p "$results"/{stap,bpf}
while read -r name; do
    [ -z "$name" ] || run stap "$name" "$dir/bin/steady"
done <"$results/asked"
# Every other script for each of two programs.
worker() {
    local name
    while read -r name; do run bpf "$name" "$2"; done < <(sed -n "$1~2p" "$dir/names")
}
worker 1 "$dir/bin/steady" &
worker 2 "$dir/bin/2/steady"
wait
dmesg >"$results/dmesg.txt"
