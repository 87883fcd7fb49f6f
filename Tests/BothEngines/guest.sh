#!/bin/bash
# Runs in the virtual machine, as root: the cases of DIR/cases by SystemTap and by the built-in engine. Leaves the lines,
# summary, messages and exit code of each in DIR/results/ENGINE/NAME.*, to be judged outside.
#
#   guest.sh DIR TAPRECIPE RECIPES
set -euo pipefail
dir=$1 taprecipe=$2
. "$(dirname "$0")/../../Scripts/guest.sh"
# Programs lie at the same addresses in every run.
echo 0 >/proc/sys/kernel/randomize_va_space
cp -r "$3" /run/recipes
chmod -R go-w /run/recipes

# run ENGINE NAME PROGRAM RECIPE ARGUMENTS…
run() {
    local engine=$1 name=$2 program=$3 recipe=$4 code=0 words=() around=()
    shift 4
    words=("$taprecipe" run "$recipe" --recipes /run/recipes --timeout 150s --format json
        --output "$dir/results/$engine/$name.json" --raw "$dir/results/$engine/$name.raw" --no-retry)
    if [ "$engine" = bpf ]; then words+=(--engine bpf "$@"); else words+=(--module "$dir/modules/$name.ko"); fi
    case "$program" in
    # A request takes its time here, where the processor is emulated.
    nginx) around=(env BLOCKED=4 "$(dirname "$0")/../Programs/under-nginx-load.sh" "$dir/bin/nginx") words+=(--verbose) ;;
    planted) words+=(-- "$dir/bin/planted") ;;
    burn | doze) words+=(-- "$dir/bin/burn-or-doze" "$program") ;;
    esac
    (cd /run && timeout 300 "${around[@]}" "${words[@]}") \
        >"$dir/results/$engine/$name.out" 2>"$dir/results/$engine/$name.err" </dev/null || code=$?
    printf '%s\n' "$code" >"$dir/results/$engine/$name.code"
    printf '[%s s] %s by %s: %s\n' "$(cut -d . -f 1 /proc/uptime)" "$name" "$engine" "$code"
}

mkdir -p "$dir"/results/{stap,bpf}
while read -r line; do
    eval "words=($line)"
    for engine in stap bpf; do run "$engine" "${words[@]}"; done
done <"$dir/cases"
dmesg >"$dir/results/dmesg.txt"
