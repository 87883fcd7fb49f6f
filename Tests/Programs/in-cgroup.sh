#!/bin/bash
# Runs a command that traces a control group ('taprecipe run … --verbose') while processes come into it and go.
#
#     in-cgroup.sh PROGRAM COMMAND…
#
# Makes a group as systemd names that of a service, with a process that sleeps, and starts the command with the group's
# name in place of the word UNIT, its folder in place of the word CGROUP, or the id of a container for CONTAINER (whose
# group holds the same process). Once it says that it traces, PROGRAM runs three times: as a child of the sleeping
# process, put into the group from outside as a service manager does, and elsewhere. Then interrupts the command and
# ends with its status.
set -euo pipefail

program=$1
shift

mount=''
for candidate in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup/pids /sys/fs/cgroup; do
    [ -w "$candidate/cgroup.procs" ] && mkdir "$candidate/taprecipe-$$.slice" 2>/dev/null && mount=$candidate && break
done
[ -n "$mount" ] || { echo "no control group can be made here" >&2; exit 1; }
unit=planted-$$.service
id=$(printf '%064x' "$$")
group=$mount/taprecipe-$$.slice/$unit
dir=$(mktemp -d /var/tmp/taprecipe-cgroup-XXXXXX)
leader='' run=''
clean_up() {
    for process in $run $leader; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rmdir "$group/docker-$id.scope" "$group" "${group%/*}" || true
    rm -rf "$dir"
}
trap clean_up EXIT
mkdir "$group" "$group/docker-$id.scope"

# Waits in the group for a word, runs the program, and sleeps on; bash, so that no process stands between.
mkfifo "$dir/go" "$dir/done"
bash -c 'echo $$ >"$1/cgroup.procs"; cd "$2"; read -r word <go; "$3"; echo >done; exec sleep 1000' \
    bash "$group/docker-$id.scope" "$dir" "$program" >/dev/null &
leader=$!
until grep -q . "$group/docker-$id.scope/cgroup.procs"; do sleep 0.05; done

words=("${@/#UNIT/$unit}")
words=("${words[@]/#CGROUP/$group}")
words=("${words[@]/#CONTAINER/${id:0:64}}")
: >"$dir/errors"
"${words[@]}" 2>"$dir/errors" &
run=$!
until grep -q name=trace "$dir/errors"; do
    kill -0 "$run" 2>/dev/null || break
    sleep 0.05
done
cd "$dir"
"$program" >/dev/null
echo go >go
read -r word <done
# The group is looked at twice a second.
bash -c 'echo $$ >"$1/cgroup.procs"; sleep 4; exec "$2"' bash "$group" "$program" >/dev/null
sleep 0.5
kill -INT "$run" 2>/dev/null || true
status=0
wait "$run" || status=$?
run=''
cat "$dir/errors" >&2
exit "$status"
