#!/bin/bash
# Runs in the virtual machine, as root: makes things happen while recipes run, and leaves summaries, exit codes
# and what really happened in DIR/results, for check.py to judge outside.
#
#   guest.sh DIR TAPRECIPE RECIPES CACHE
#
# A compile takes minutes in here, so either a module is given, or CACHE holds what a run would compile.
set -euo pipefail
dir=$1 taprecipe=$2
results="$dir/results"
note() { printf '[%s s] %s\n' "$(cut -d . -f 1 /proc/uptime)" "$*"; }
die() {
    note "error: $*"
    exit 1
}
trap 'note "failed in line $LINENO"' ERR

. "$(dirname "$0")/../../Scripts/guest.sh"
[ "$(stat -f -c %T /usr/lib/x86_64-linux-gnu/libc.so.6)" != overlayfs ] || die "libc is still on an overlay"
# A folder for temporary files that no one outside writes to, so that what a run leaves there is seen.
# (Not /tmp itself: the project may lie in there.)
export TMPDIR=/run/taprecipe-tmp
mkdir -m 1777 "$TMPDIR"
# The recipes as installed: root's own.
cp -r "$3" /run/recipes
cp "$(dirname "$0")/busy.yaml" /run/recipes
chmod -R go-w /run/recipes
export XDG_CACHE_HOME=$4

# Loopback ports of this run.
ports=()
while [ "${#ports[@]}" -lt 3 ]; do
    port=$((20000 + RANDOM % 20000))
    [[ " ${ports[*]} " == *" $port "* ]] || ports+=("$port")
done
front=${ports[0]}
sed -e "s|@DIR@|$dir|g; s|@FRONT@|$front|g; s|@BACK@|${ports[1]}|g; s|@CLOSED@|${ports[2]}|g" \
    "$(dirname "$0")/nginx.conf" >"$dir/nginx/nginx.conf"
"$dir/bin/nginx" -c "$dir/nginx/nginx.conf" -e "$dir/nginx/error.log"
note "nginx serves on port $front"

# get PATH CURL-ARGUMENTS…: prints the status.
get() {
    local path=$1
    shift
    curl -s -o /dev/null -m 10 --path-as-is -w '%{http_code}\n' "$@" "http://127.0.0.1:$front$path"
}

# start NAME RECIPE ARGUMENTS…: a run in the background by $engine (stap); its process id is in $started, its exit code in
# NAME.code.
start() {
    # A shell without job control has background programs ignore SIGINT.
    local name=$1 recipe=$2
    shift 2
    env --default-signal=INT,QUIT "$taprecipe" run "$recipe" --engine "${engine:-stap}" --recipes /run/recipes --live --format "${format:-json}" \
        --output "$results/$name.${format:-json}" --raw "$results/$name.raw" "$@" \
        >"$results/$name.out" 2>"$results/$name.err" </dev/null &
    started=$!
}
finish() {
    local code=0
    wait "$2" || code=$?
    printf '%s\n' "$code" >"$results/$1.code"
    note "$1 ended with $code"
}

# module NAME: how NAME.ko is run, into $words; its parameters are in it.
module() { words=("$(cat "$dir/modules/$1.recipe")" --module "$dir/modules/$1.ko"); }

# Until a run shows what was asked of nginx for this path, it may not be tracing yet.
warm_up() {
    local name try
    for try in $(seq 120); do
        get /down/warm-up -H 'Host: warm.example.com' >/dev/null
        for name in "$@"; do
            grep -q warm-up "$results/$name.err" || continue 2
        done
        return
    done
    for name in "$@"; do tail -n 20 "$results/$name.err"; done
    die "these runs do not trace: $*"
}

# until COMMAND…: waits for it to succeed, at most 30 s.
until_true() {
    local try
    for try in $(seq 150); do
        if "$@"; then return; fi
        sleep 0.2
    done
    return 1
}
no_module() { ! grep -q ^taprecipe_ /proc/modules; }
a_module() { grep -q ^taprecipe_ /proc/modules; }
our_processes() {
    local name
    for name in taprecipe stap staprun stapio; do pgrep -ax "$name" || true; done
}
no_process() { [ -z "$(our_processes)" ]; }

# ---- nginx: six runs see the same requests, two of them by the built-in engine ----

note "tracing nginx"
runs=(errors errors-of-host headers headers-open)
pids=()
for name in "${runs[@]}"; do
    module "$name"
    timeout=3m
    extra=()
    [ "$name" != errors ] || { timeout=2m; extra=(--fail-if request); }
    start "$name" "${words[@]}" --timeout "$timeout" "${extra[@]}"
    pids+=("$started")
done
traced=(--binary "$dir/bin/nginx" --show-secrets --timeout 3m)
engine=bpf start errors-of-host-bpf nginx-5xx "${traced[@]}" --host '[.]example[.]com$'
pids+=("$started")
engine=bpf start headers-open-bpf nginx-headers "${traced[@]}" --max-headers 20
pids+=("$started")
runs+=(errors-of-host-bpf headers-open-bpf)
warm_up "${runs[@]}"
note "all are tracing"

secrets=(-H 'Authorization: Bearer planted-token' -H 'Cookie: session=planted-cookie'
    -H 'X-Api-Key: planted-key' -H 'Proxy-Authorization: Basic planted-proxy' -H 'X-Auth-Token: planted-xauth'
    -H 'Referer: https://user:planted-userinfo@example.com/' -H 'X-Original-URL: /a?k=planted-url'
    -H 'X-Access: Bearer planted-bearer' -H 'X-Next: ?k=planted-bare' -H 'X-Path: reset?k=planted-relative')
{
    echo "down $(get '/down/a?q=planted-query' -H 'Host: www.example.com' "${secrets[@]}")"
    echo "down $(get '/down/a?q=planted-query' -H 'Host: www.example.com')"
    echo "down $(get '/down/b' -H 'Host: www.example.com')"
    echo "other-host $(get '/down/c' -H 'Host: other.example.org')"
    echo "no-host $(get '/down/d' -0 -H 'Host:')"
    echo "pass $(get '/pass/e' -H 'Host: other.example.org')"
    echo "fallback $(get '/fallback/f' -H 'Host: other.example.org')"
    echo "fine $(get '/fine' -H 'Host: www.example.com')"
    echo "forged $(get '/down/%0arc:%20599%20status:%20599%20host:%20x' -H 'Host: other.example.org')"
    many=()
    for i in $(seq 30); do many+=(-H "X-Many-$i: v"); done
    echo "many $(get '/many' -H 'Host: www.example.com' "${many[@]}")"
    echo "long $(get '/long' -H 'Host: www.example.com' -H "X-Long: $(printf 'l%.0s' $(seq 1000))")"
    echo "quotes $(get '/echo' -H 'Host: www.example.com' -H 'X-Note: say "hi"	€')"
} >"$results/requests.txt"
sleep 1
for i in 1 2 3 4 5; do
    kill -INT "${pids[$i]}"
    finish "${runs[$i]}" "${pids[$i]}"
done

# ---- heap-leaks: the victim from start to end, and one that runs already ----

module heap
for kind in leaks double-free; do
    note "tracing the victim's $kind"
    start "heap-$kind" "${words[@]}" --timeout 60s -- "$dir/bin/victim" "$kind" "$results/heap-$kind.planted"
    finish "heap-$kind" "$started"
done
for kind in leaks double-free; do
    engine=bpf start "heap-$kind-bpf" heap-leaks --program "$dir/bin/victim" --timeout 60s -- "$dir/bin/victim" "$kind" \
        "$results/planted-bpf"
    finish "heap-$kind-bpf" "$started"
done
"$dir/bin/victim" forever "$results/forever.planted" &
forever=$!
start heap-pid "${words[@]}" --pid "$forever" --timeout 5s
finish heap-pid "$started"
kill "$forever"

# ---- forks ----

module forks
start forks "${words[@]}" --timeout 60s -- "$dir/bin/victim" forks "$results/forks.planted"
finish forks "$started"
engine=bpf start forks-bpf fork-trace --timeout 60s -- "$dir/bin/victim" forks "$results/planted-bpf"
finish forks-bpf "$started"
module forks-c
start forks-c "${words[@]}" --allow-guru --timeout 60s -- "$dir/bin/victim" forks "$results/forks-c.planted"
finish forks-c "$started"
start forks-refused "${words[@]}" --timeout 5s -- "$dir/bin/victim" forks
finish forks-refused "$started"

# ---- module-calls: a function of a module of ours, also called before the run and after it ----

insmod "$dir/kernel/extra/tally.ko"
echo 3 >/proc/tally
module calls
start calls "${words[@]}" --timeout 60s -- "$(dirname "$0")/../Programs/tally/callers.sh"
finish calls "$started"
mount -t overlay -o "lowerdir=$dir/kernel:/lib/modules/$(uname -r)" modules "/lib/modules/$(uname -r)"
engine=bpf start calls-bpf module-calls --module-name tally --function tally_one --timeout 60s -- \
    "$(dirname "$0")/../Programs/tally/callers.sh"
finish calls-bpf "$started"
for point in "one --function tally_one --module-name tally" "fork --tracepoint sched:sched_process_fork"; do
    read -ra words <<<"$point"
    name="ways-${words[0]}"
    engine=bpf start "$name" kernel-stacks "${words[@]:1}" --timeout 60s -- \
        "$(dirname "$0")/../Programs/tally/callers.sh"
    finish "$name" "$started"
done
echo 2 >/proc/tally
cp /proc/tally "$results/tally.txt"
rmmod tally
# What was compiled outside for other recipes is kept for the modules' folder as it is.
umount "/lib/modules/$(uname -r)"

# ---- set-variable: the program prints what it decided ----

module changes
start changes "${words[@]}" --allow-guru --timeout 60s -- "$dir/bin/planted"
finish changes "$started"
change=(set-variable --allow-guru --binary "$dir/bin/planted" --function decide --variable limit --element 0 --value 222)
engine=bpf start changes-bpf "${change[@]}" --times 4 --timeout 60s -- "$dir/bin/planted"
finish changes-bpf "$started"
engine=bpf start changes-twice "${change[@]}" --times 2 --timeout 60s -- "$dir/bin/planted"
finish changes-twice "$started"
start changes-refused "${words[@]}" --timeout 5s -- "$dir/bin/planted"
finish changes-refused "$started"

# ---- recipes' own live tests by SystemTap, on the shipped programs ----

# These lie on an overlay; where they are looked for stand those of a file system that takes probes.
mount --bind "$dir/live" "$(dirname "$3")/.cache/live"
code=0
timeout 600 "$taprecipe" test --live fork-trace heap-leaks --engine stap --recipes /run/recipes --format json \
    >"$results/live.json" 2>"$results/live.err" </dev/null || code=$?
printf '%s\n' "$code" >"$results/live.code"
note "the live tests ended with $code"

# ---- a limit that is too small ----

start busy busy
finish busy "$started"
start busy-again busy
finish busy-again "$started"

# The run that its timeout ends.
finish errors "${pids[0]}"

# ---- however a run ends, nothing stays ----

module errors
leftovers() {
    {
        until_true no_module || echo "module $(grep ^taprecipe_ /proc/modules)"
        until_true no_process || echo "process $(our_processes)"
        # A run that was killed cannot remove its private directory; the next one does.
        [ "$1" = ended-KILL ] || find "$TMPDIR" -mindepth 1 -maxdepth 1 -printf 'file %p\n'
    } >"$results/$1.left"
}
leftovers before
for signal in INT TERM KILL; do
    note "ending a run by SIG$signal"
    start "ended-$signal" "${words[@]}" --timeout 5m
    warm_up "ended-$signal"
    kill "-$signal" "$started"
    finish "ended-$signal" "$started"
    leftovers "ended-$signal"
done
# And the module can be loaded again.
start again "${words[@]}" --timeout 5m
warm_up again
kill -INT "$started"
finish again "$started"
leftovers again

kill "$(cat "$dir/nginx/nginx.pid")"
dmesg >"$results/dmesg.txt"
note "done"
