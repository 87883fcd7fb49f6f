#!/bin/bash
# The Ansible collection on three hosts: network namespaces with an sshd and a real nginx each, which the built-in engine
# traces by the debug build, or by that in the folder BUILD. Needs root, and the tools that Scripts/setup.sh installs.
#
# What the hosts write is in memory, and all of it goes with the test, however that ends.
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"
here=$(cd "$(dirname "$0")" && pwd)
. "$here/hosts.sh"

[ "$(id -u)" -eq 0 ] || die "hosts in namespaces, and placing probes, need root"
command -v ansible-playbook >/dev/null || die "Ansible is not installed; run 'make setup'"
build=${BUILD:-$(swift build --package-path "$root" --show-bin-path)}
[ -x "$build/taprecipe" ] || die "$build/taprecipe is not built; run 'make build'"
nginx=$("$root/Scripts/nginx.sh")
sshd=$("$root/Scripts/sshd.sh")

dir=$(mktemp -d "${TMPDIR:-/tmp}/taprecipe-ansible-XXXXXX")
clean_up() {
    local status=$?
    trap '' INT TERM HUP
    remove_hosts
    rm -rf "$dir"
    are_removed "$dir" || status=1
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

start=$SECONDS
make_hosts "$dir" "$nginx" "$sshd"
say "${#hosts[@]} hosts answer"

# MARK: The controller

{
    printf '[web]\n'
    for number in $(seq "${#hosts[@]}"); do
        printf '%s ansible_host=%s\n' "${hosts[number - 1]}" "$(address "$number")"
    done
} >"$dir/hosts"
# Nobody is there.
printf '[absent]\nweb4 ansible_host=%s\n' "$(address 4)" >"$dir/absent"
mkdir "$dir/tmp"
cat >"$dir/ansible.cfg" <<END
[defaults]
home = $dir/ansible
local_tmp = $dir/ansible/tmp
collections_path = $dir/collections
inventory = $dir/hosts
remote_user = root
private_key_file = $dir/login
interpreter_python = /usr/bin/python3
timeout = 20
nocows = true
force_color = false
[ssh_connection]
pipelining = true
control_path_dir = $dir/ssh
ssh_args = -F none -o UserKnownHostsFile=$dir/known_hosts -o GlobalKnownHostsFile=none -o ControlMaster=auto -o ControlPersist=60s
END
export ANSIBLE_CONFIG=$dir/ansible.cfg LC_ALL=C.UTF-8

# play LOG STATUS WORD…: ansible-playbook, which is to end with this status. In the background, so that a signal is heeded
# at once.
play() {
    local log=$dir/$1.log wanted=$2 status=0
    say "$1, after $((SECONDS - start)) s"
    in_namespace control env TMPDIR="$dir/tmp" ansible-playbook "${@:3}" >"$log" 2>&1 </dev/null &
    wait $! || status=$?
    [ "$status" -eq "$wanted" ] || fail "$1" "ansible-playbook ended with $status, expected $wanted"
}

# on_host NUMBER COMMAND…
on_host() {
    in_namespace control ssh -F none -i "$dir/login" -o "UserKnownHostsFile=$dir/known_hosts" \
        "root@$(address "$1")" "${@:2}"
}

fail() {
    cat "$dir/$1.log" >&2
    die "$1: $2 (the log is above)"
}

# recap LOG HOST WORD: Ansible's last lines say this of a host, such as 'changed=0'.
recap() {
    grep -qE "^$2 +:.* $3( |\$)" "$dir/$1.log" || fail "$1" "expected '$3' of $2"
}

say "building the collection, and reading it as its users do"
yamllint --strict -c "$here/yamllint.yml" "$root/ansible" "$here"
ansible-galaxy collection build "$root/ansible" --output-path "$dir" >"$dir/galaxy.log" 2>&1 || fail galaxy "no collection"
ansible-galaxy collection install --offline "$dir"/taprecipe-taprecipe-*.tar.gz >"$dir/galaxy.log" 2>&1 ||
    fail galaxy "the collection does not install"
collection=$dir/collections/ansible_collections/taprecipe/taprecipe
# By the Python that Ansible itself runs on.
"$(ansible --version | sed -nE 's/.*python version .*\((.*)\)$/\1/p')" "$here/documentation.py" "$collection"
for playbook in "$collection"/playbooks/*.yml; do
    ansible-playbook --syntax-check "$playbook" >"$dir/syntax.log" 2>&1 || fail syntax "$playbook is none"
done

# MARK: Installing

# A debug build is mostly debug information, which is of no use here and slow to pack.
mkdir "$dir/build"
for program in taprecipe taprecipe-store; do strip -o "$dir/build/$program" "$build/$program"; done
"$root/Scripts/archive.sh" "$dir/build" "$dir/taprecipe.tar.gz"
install=(taprecipe.taprecipe.install -e "taprecipe_install_archive=$dir/taprecipe.tar.gz")
play install-check 0 "${install[@]}" --check
on_host 1 test ! -e /usr/local/bin/taprecipe || die "check mode has installed something"
play install 0 "${install[@]}"
play install-check-again 0 "${install[@]}" --check
on_host 1 test -x /usr/local/libexec/taprecipe/taprecipe-store
on_host 1 taprecipe list --format json | grep -q /usr/local/share/taprecipe/recipes/nginx-5xx.yaml
on_host 2 'echo "# changed" >>/usr/local/share/taprecipe/recipes/nginx-5xx.yaml'
play install-again 0 "${install[@]}"
for host in "${hosts[@]}"; do
    recap install-check "$host" changed=2
    recap install "$host" changed=3
    recap install-check-again "$host" changed=0
    # Where nothing was changed nothing is done.
    recap install-again "$host" "changed=$([ "$host" = web2 ] && echo 1 || echo 0)"
done

# MARK: Running

play run 0 "$here/run.yml" -e "nginx_answers=$root/Tests/Programs/nginx-answers.sh"

# What each host answers with 502: refused, absent.
load() {
    on_host "$1" /usr/local/libexec/load.sh "$2" "$3" >"$dir/load-$1.log" 2>&1 &
    loads+=($!)
}
loads=()
load 1 1 2
load 2 3 0
load 3 0 4
# The host that is not there makes Ansible end with 4, and takes no other along.
play fleet 4 taprecipe.taprecipe.fleet -i "$dir/hosts" -i "$dir/absent" -e "@$here/fleet-variables.yml" \
    -e "taprecipe_fleet_report_executable=$build/taprecipe" -e "taprecipe_fleet_report_output=$dir/fleet.json"
for load in "${loads[@]}"; do wait "$load" || { cat "$dir"/load-*.log >&2; die "a load failed"; }; done
grep -q 'not in the report: web4' "$dir/fleet.log" || fail fleet "expected to be told that web4 is missing"
python3 "$here/fleet.py" "$dir/fleet.json"
for host in "${hosts[@]}"; do recap fleet "$host" failed=0; done

# MARK: Modules

# Compiled for Debian's kernel, by the first host that can: web1 has no SystemTap. The hosts' own kernel loads none, which
# they say when they are to run it.
modules=(taprecipe.taprecipe.fleet_modules -e "@$here/fleet-variables.yml" -e "taprecipe_modules_kernel=$(kernel_release)"
    -e "taprecipe_fleet_report_executable=$build/taprecipe" -e "taprecipe_fleet_report_output=$dir/modules.json")
play modules-check 0 "${modules[@]}" --check
play modules 2 "${modules[@]}"
play modules-there 0 "$here/modules.yml" -e "kernel=$(kernel_release)"
for host in "${hosts[@]}"; do recap modules "$host" failed=1; done

say "all holds, in $((SECONDS - start)) s"
