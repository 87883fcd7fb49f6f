#!/bin/bash
# Runs in the virtual machine, as root: makes the runs of DIR/plan, lines of ENGINE and NAME, and leaves the lines,
# summary, messages and exit code of each in RESULTS/ENGINE/NAME.*, to be judged outside.
#
#   guest.sh DIR TAPRECIPE RESULTS
set -euo pipefail
dir=$1 taprecipe=$2 results=$3
export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin

ip link set lo up
# The kernel places no probes in files of an overlay: show libc as it is below.
for folder in /usr /usr/lib /lib; do
    while umount -l "$folder" 2>/dev/null; do :; done
done
# Programs lie at the same addresses in every run.
echo 0 >/proc/sys/kernel/randomize_va_space
# The recipes as installed: root's own.
cp -r "$dir/recipes" /run/recipes
chmod -R go-w /run/recipes

# run ENGINE NAME
run() {
    local engine=$1 name=$2 code=0 words=()
    words=(--engine bpf --recipes /run/recipes --program "$dir/bin/steady" --no-retry)
    [ "$engine" = bpf ] || words=(--module "$dir/modules/$name.ko")
    ! grep -q '^guru:' "/run/recipes/$name.yaml" || words+=(--allow-guru)
    words+=(--timeout 30s --format json --output "$results/$engine/$name.json" --raw "$results/$engine/$name.raw")
    grep -q '^  # alone$' "/run/recipes/$name.yaml" || words+=(-- "$dir/bin/steady")
    timeout 120 "$taprecipe" run "$name" "${words[@]}" \
        >"$results/$engine/$name.out" 2>"$results/$engine/$name.err" </dev/null || code=$?
    printf '%s\n' "$code" >"$results/$engine/$name.code"
}

mkdir -p "$results"/{stap,bpf}
while read -r engine name; do
    run "$engine" "$name"
    printf '[%s s] %s by %s\n' "$(cut -d . -f 1 /proc/uptime)" "$name" "$engine"
done <"$dir/plan"
dmesg >"$results/dmesg.txt"
