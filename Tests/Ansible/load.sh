#!/bin/bash
# Waits until a recipe is being traced on this host, then makes requests of its nginx: as many as are stated.
#
#     load.sh REFUSED ABSENT
#
# Ends with 1 where nothing is traced for a minute.
set -euo pipefail

# Once its probes are placed taprecipe gives up its rights, for good: all threads set no_new_privs. Other hosts have the
# same process ids; their networks tell them apart.
is_traced() {
    local process
    for process in $(pgrep -x taprecipe); do
        [ "$(readlink "/proc/$process/ns/net")" = "$(readlink /proc/self/ns/net)" ] || continue
        grep -qs '^NoNewPrivs:[[:space:]]*1' "/proc/$process/status" || continue
        grep -qs '^link_type:' "/proc/$process/fdinfo/"* && return
    done
    return 1
}

for _ in $(seq 600); do
    if is_traced; then
        for _ in $(seq "$1"); do curl -s -o /dev/null -m 10 http://127.0.0.1/refused; done
        for _ in $(seq "$2"); do curl -s -o /dev/null -m 10 http://127.0.0.1/absent; done
        curl -s -o /dev/null -m 10 http://127.0.0.1/fine
        exit
    fi
    sleep 0.1
done
echo 'load.sh: nothing was traced for a minute' >&2
exit 1
