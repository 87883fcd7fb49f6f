#!/bin/bash
# Runs a command that traces nginx ('taprecipe run … --verbose') under a load that is the same every time.
#
#     under-nginx-load.sh NGINX COMMAND…
#
# Starts nginx with two workers and an upstream on loopback, then the command with "--binary NGINX" behind it where it has
# neither that nor a module, or with the id of nginx's first process in place of the word NGINX_PID; makes the requests once the command says that it
# traces, interrupts it, and ends with its status. What was planted:
#
#     /fine         5 requests of www.example.com, with a secret in the query string
#     /down/…       3 requests to an upstream that nobody listens at: 502
#     /short        1 request whose upstream takes longer than the timeout: 504
#     /up/503       1 request that the upstream answers 503
#     /up/header    1 request whose upstream takes 0.7 s to begin its answer
#     /up/body      1 request whose upstream takes 0.6 s in the midst of its answer
#     /dawdle       1 request whose client takes 0.8 s to send it
#     /big/         1 listing of a directory of 5000 files, for which the event loop stands still
#     /logged       1 request that is logged to a pipe, which has no room for 0.4 s, or BLOCKED: the event loop stands still, too
#     (none)        1 client that has sent half a request when the command is interrupted
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"

nginx=$1
shift

dir=$(mktemp -d /var/tmp/taprecipe-nginx-XXXXXX)
run='' upstream='' client=''
clean_up() {
    [ ! -r "$dir/nginx.pid" ] || kill "$(cat "$dir/nginx.pid")" 2>/dev/null || true
    for process in $run $upstream $client; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$dir"
}
trap clean_up EXIT

read -r front back closed < <(free_ports 3)
mkdir "$dir/big"
(cd "$dir/big" && seq 5000 | xargs touch)
# A pipe with a reader, without whom nginx would not start, and full: a log that nobody takes.
mkfifo "$dir/log"
exec 5<>"$dir/log"
fill=65536
head -c "$fill" /dev/zero >&5
cat >"$dir/nginx.conf" <<END
user root;
worker_processes 2;
pid $dir/nginx.pid;
error_log $dir/error.log;
events { worker_connections 128; }
http {
    access_log off;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    server {
        listen 127.0.0.1:$front;
        server_name default.example.net;
        location / { empty_gif; }
        location /big/ { root $dir; autoindex on; }
        location /logged { empty_gif; access_log $dir/log; }
        location /down { proxy_pass http://127.0.0.1:$closed; }
        location /up { proxy_pass http://127.0.0.1:$back; }
        location /short { proxy_pass http://127.0.0.1:$back; proxy_read_timeout 300ms; }
    }
}
END
cat >"$dir/upstream.py" <<'END'
import http.server, sys, time

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if "header" in self.path or "short" in self.path:
            time.sleep(0.7)
        self.send_response(503 if "503" in self.path else 200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"ab")
        self.wfile.flush()
        if "body" in self.path:
            time.sleep(0.6)
        self.wfile.write(b"cd")

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
END
python3 "$dir/upstream.py" "$back" 2>"$dir/upstream.log" &
upstream=$!
# What it says before it has read that goes to a folder that is not there.
"$nginx" -p "$dir" -c "$dir/nginx.conf" 2>"$dir/start.log" || { cat "$dir/start.log" >&2; exit 1; }

get() { curl -s -o /dev/null -m 10 "${@:2}" "http://127.0.0.1:$front$1" || true; }
for _ in $(seq 100); do
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$front/up/ready")" = 200 ] && break
    sleep 0.1
done

[[ " $* " =~ " NGINX_PID "|" --binary "|" --module " ]] || set -- "$@" --binary "$nginx"
: >"$dir/errors"
"${@/#NGINX_PID/$(cat "$dir/nginx.pid")}" 2>"$dir/errors" &
run=$!
until grep -q name=trace "$dir/errors"; do
    kill -0 "$run" 2>/dev/null || break
    sleep 0.05
done

for _ in 1 2 3 4 5; do get '/fine?token=planted-secret' -H 'Host: www.example.com'; done
for path in a b b; do get "/down/$path"; done
get /up/503
get /short
get /up/header
get /up/body
get /big/
{ sleep "${BLOCKED:-0.4}" && head -c "$fill" <&5 >/dev/null; } &
taker=$!
get /logged
wait "$taker"
exec 3<>"/dev/tcp/127.0.0.1/$front"
printf 'GET /dawdle HTTP/1.1\r\nHost: dawdle.example.com\r\n' >&3
sleep 0.8
printf 'Connection: close\r\n\r\n' >&3
cat <&3 >"$dir/answer"
exec 3>&-
exec 4<>"/dev/tcp/127.0.0.1/$front"
printf 'GET /half HTTP/1.1\r\n' >&4
sleep 0.5

kill -INT "$run" 2>/dev/null || true
status=0
wait "$run" || status=$?
run=''
cat "$dir/errors" >&2
exit "$status"
