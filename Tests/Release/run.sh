#!/bin/bash
# Runs recipes by the built-in engine with the program that 'make install' makes, and with the debug build: both must find
# the same. An optimized build may do away with what only looks unused, such as the probes' owner.
#
# Needs root. The installed program lies in a folder of its own, with the recipes that it finds there.
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"

[ "$(id -u)" -eq 0 ] || die "placing probes needs root"
debug="$(swift build --package-path "$root" --show-bin-path)/taprecipe"
[ -x "$debug" ] || die "$debug is not built; run 'make build'"
nginx=$("$root/Scripts/nginx.sh")

dir=$(mktemp -d "$cache/release-XXXXXX")
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
start=$SECONDS
make -s -C "$root" install DESTDIR="$dir/root" PREFIX=/usr >"$dir/build.log" 2>&1 || {
    tail -n 40 "$dir/build.log" >&2
    die "the release build failed (the end of its output is above)"
}
say "built in $((SECONDS - start)) s"
cc -g -O1 -fno-builtin -fno-optimize-sibling-calls -pthread -o "$dir/victim" "$root/Tests/Programs/victim.c"

# run TOOL BUILD NAME STATUS WORD…: a run whose summary goes to DIR/BUILD/NAME.json.
run() {
    local tool=$1 build=$2 name=$3 wanted=$4 status=0
    shift 4
    mkdir -p "$dir/$build"
    XDG_STATE_HOME="$dir/state/$build" XDG_CONFIG_HOME="$dir/none" "$@" >"$dir/$build/$name.out" 2>&1 </dev/null || status=$?
    [ "$status" -eq "$wanted" ] || {
        tail -n 40 "$dir/$build/$name.out" >&2
        die "$name by the $build build ended with $status, expected $wanted"
    }
}

# all TOOL BUILD
all() {
    local tool=$1 build=$2
    # words NAME: the command line of a run.
    words() { printf '%s\0' "$tool" run "$1" --engine bpf --no-retry --timeout 60s --verbose --output "$dir/$build/$1.json"; }
    local words
    mapfile -d '' words < <(words heap-leaks)
    run "$tool" "$build" heap-leaks 0 "${words[@]}" --program "$dir/victim" -- "$dir/victim" leaks "$dir/facts"
    mapfile -d '' words < <(words fork-trace)
    run "$tool" "$build" fork-trace 0 "${words[@]}" -- "$dir/victim" forks "$dir/facts"
    # The load interrupts the run.
    mapfile -d '' words < <(words nginx-5xx)
    run "$tool" "$build" nginx-5xx 130 "$root/Tests/Programs/under-nginx-load.sh" "$nginx" "${words[@]}"
}
all "$debug" debug
all "$dir/root/usr/bin/taprecipe" release
python3 "$(dirname "$0")/compare.py" "$dir/debug" "$dir/release"
say "the release build finds what the debug build finds, in $((SECONDS - start)) s"
