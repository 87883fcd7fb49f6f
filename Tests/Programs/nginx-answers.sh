#!/bin/bash
# A server that answers what is known, for the recipes' live tests: three requests with 502, as nobody listens at their upstream, one with 200.
#
#     nginx-answers NGINX
#
# Starts this nginx on a free port of loopback, makes the requests, and ends it.
set -euo pipefail

nginx=$1
dir=$(mktemp -d /var/tmp/taprecipe-answers-XXXXXX)
server=
clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$dir"
}
trap clean_up EXIT

mkdir "$dir/logs"
start() {
    cat >"$dir/nginx.conf" <<END
daemon off;
master_process off;
pid $dir/nginx.pid;
error_log $dir/error.log;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    server {
        listen 127.0.0.1:$1;
        server_name planted.example.net;
        location / { empty_gif; }
        location /planted { proxy_pass http://127.0.0.1:1; }
    }
}
END
    "$nginx" -p "$dir" -c "$dir/nginx.conf" -e "$dir/error.log" &
    server=$!
    for _ in $(seq 100); do
        kill -0 "$server" 2>/dev/null || return 1
        if [ -s "$dir/nginx.pid" ] && (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    return 1
}

get() {
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET %s HTTP/1.0\r\nHost: planted.example.com\r\n\r\n' "$1" >&3
    cat <&3 >/dev/null
    exec 3>&-
}

# Somebody else may have the port.
for _ in $(seq 20); do
    port=$((20000 + RANDOM % 20000))
    if start "$port"; then break; fi
    wait "$server" 2>/dev/null || true
    server=
done
[ -n "$server" ] || { echo "nginx-answers: nginx does not start:" >&2; cat "$dir/error.log" >&2; exit 2; }

for _ in 1 2 3; do get /planted; done
get /fine
kill -QUIT "$server"
wait "$server" || true
server=
