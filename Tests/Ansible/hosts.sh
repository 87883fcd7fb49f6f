# The test's hosts: network namespaces on one bridge, each with an sshd; sourced, never run. A further namespace is the
# controller's, so that nothing of this is to be seen on the machine's own network.

hosts=(web1 web2 web3)
# Of this process alone, as tests may run side by side.
namespaces="taprecipe-$$"

# in_namespace NAME COMMAND…
in_namespace() {
    nsenter --net="/run/netns/$namespaces-$1" "${@:2}"
}

# The address of the host of a number, from 1; that of the controller is 0.
address() { printf '10.99.0.%d\n' "$((10 + $1))"; }

# make_hosts FOLDER NGINX SSHD: FOLDER gets the keys, and a folder for each host with its log.
make_hosts() {
    local folder=$1 nginx=$2 sshd=$3 host number=0
    add_namespace control
    ip -n "$namespaces-control" link add bridge type bridge || die "a network bridge cannot be made here"
    ip -n "$namespaces-control" address add "$(address 0)/24" dev bridge
    ip -n "$namespaces-control" link set bridge up
    ssh-keygen -q -t ed25519 -N '' -f "$folder/login"
    for host in "${hosts[@]}"; do
        number=$((number + 1))
        add_namespace "$host"
        ip -n "$namespaces-control" link add "$host" type veth peer name eth0 netns "$namespaces-$host" ||
            die "a pair of network devices cannot be made here"
        ip -n "$namespaces-control" link set "$host" master bridge up
        ip -n "$namespaces-$host" address add "$(address "$number")/24" dev eth0
        ip -n "$namespaces-$host" link set eth0 up
        mkdir -p "$folder/$host/files"
        ssh-keygen -q -t ed25519 -N '' -f "$folder/$host/host_key"
        printf '%s %s\n' "$(address "$number")" "$(cat "$folder/$host/host_key.pub")" >>"$folder/known_hosts"
        in_namespace "$host" unshare --mount --uts --propagation private \
            "$(dirname "${BASH_SOURCE[0]}")/host.sh" "$folder" "$host" "$nginx" "$sshd" \
            >"$folder/$host/log" 2>&1 </dev/null &
    done
    for number in $(seq "${#hosts[@]}"); do
        wait_for_sshd "$(address "$number")" "$folder/${hosts[number - 1]}/log"
    done
}

add_namespace() {
    ip netns add "$namespaces-$1" ||
        die "network namespaces cannot be made here; this needs root with CAP_SYS_ADMIN and a kernel with CONFIG_NET_NS"
    ip -n "$namespaces-$1" link set lo up
}

wait_for_sshd() {
    for _ in $(seq 100); do
        in_namespace control bash -c "exec 3<>/dev/tcp/$1/22" 2>/dev/null && return
        sleep 0.1
    done
    cat "$2" >&2
    die "no sshd answers at $1 (its host's log is above)"
}

# Ends every process of the namespaces, in whatever state they are, and removes them.
remove_hosts() {
    local name pids _
    for name in control "${hosts[@]}"; do
        [ -e "/run/netns/$namespaces-$name" ] || continue
        for _ in $(seq 100); do
            pids=$(ip netns pids "$namespaces-$name")
            [ -n "$pids" ] || break
            # One that has ended by itself since is as good.
            xargs kill -KILL <<<"$pids" 2>/dev/null || true
            sleep 0.1
        done
        ip netns delete "$namespaces-$name"
    done
}

# Whether nothing is left of the hosts whose files were in FOLDER; says what is.
are_removed() {
    local left
    left=$(ip netns list | grep "^$namespaces-" || true)
    left+=$(grep -ls "$1" /proc/[0-9]*/mountinfo || true)
    [ ! -e "$1" ] || left+=" $1"
    [ -z "$left" ] || { say "left behind: $left"; return 1; }
}
