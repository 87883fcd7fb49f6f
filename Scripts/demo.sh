#!/bin/bash
# Shows nginx-5xx on this machine itself: starts a real nginx on loopback, has it answer 502, and ends with the summary
# of a run that saw it. Needs root (or sudo) for the run alone; leaves nothing behind.
set -euo pipefail
. "$(dirname "$0")/common.sh"

taprecipe=${TAPRECIPE:-"$(swift build --package-path "$root" --show-bin-path)/taprecipe"}
[ -x "$taprecipe" ] || die "$taprecipe is not built; run 'make build'"
nginx=$("$root/Scripts/nginx.sh")

dir=$(mktemp -d "${TMPDIR:-/tmp}/taprecipe-demo-XXXXXX")
run=''
clean_up() {
    # By its process id, and whatever state the run is in.
    [ ! -r "$dir/nginx.pid" ] || kill -QUIT "$(cat "$dir/nginx.pid")" 2>/dev/null || true
    [ -z "$run" ] || wait "$run" 2>/dev/null || true
    rm -rf "$dir"
}
trap clean_up EXIT

read -r front back closed < <(free_ports 3)
mkdir "$dir/nginx"
sed -e "s|@DIR@|$dir|g; s|@FRONT@|$front|g; s|@BACK@|$back|g; s|@CLOSED@|$closed|g" \
    "$root/Tests/VM/nginx.conf" >"$dir/nginx.conf"
sed -i "s|^pid .*|pid $dir/nginx.pid;|" "$dir/nginx.conf"
"$nginx" -c "$dir/nginx.conf" -e "$dir/nginx/error.log"
say "nginx answers on port $front"

get() { curl -s -o /dev/null -m 10 --path-as-is "${@:2}" "http://127.0.0.1:$front$1" || true; }

# As an operator would: the recipes are ours, so that root trusts them where we are root.
command=(run nginx-5xx --binary "$nginx" --timeout 6s)
as_root "$taprecipe" "${command[@]}" --recipes "$root/recipes" --live --color never \
    >"$dir/summary" 2>"$dir/errors" &
run=$!
# Asked until the run shows a request, it may not be tracing yet.
for _ in $(seq 100); do
    get /down/warm-up
    grep -q warm-up "$dir/errors" && break
    kill -0 "$run" 2>/dev/null || break
    sleep 0.1
done
for host in www.example.com shop.example.com; do
    for path in /down/cart '/down/login?user=me' / /pass/stock; do get "$path" -H "Host: $host"; done
done
status=0
wait "$run" || status=$?
run=''
[ "$status" -eq 0 ] || { cat "$dir/errors" >&2; die "the run ended with $status"; }
printf '\n$ taprecipe %s\n\n' "${command[*]}"
cat "$dir/summary"
