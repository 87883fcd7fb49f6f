#!/bin/bash
# Runs a command beside a systemd of its own, which knows only the units in a folder:
#
#   with-systemd.sh UNITS COMMAND [ARG…]
#
# The command talks to it by 'systemctl --user': a user's manager, as the system's has to be process 1, and processes in a
# PID namespace have other ids than in the kernel. As root it starts services as the system's does, with all that hardens
# them, but for the state and cache folders, which are a user's. What the command and the services write to /run, /tmp,
# /var/log and taprecipe's own folders is in memory; they have no network but loopback. All processes end with the
# command, whose exit status is this one's. Needs root and a mounted cgroup2.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    hierarchy=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
    group="$hierarchy/taprecipe-test-$$"
    mkdir "$group"
    clean_up() {
        trap '' INT TERM
        # A killed process may have started another one just before.
        while [ -n "$(find "$group" -name cgroup.procs -exec cat {} +)" ]; do
            find "$group" -name cgroup.procs -exec cat {} + | xargs -r kill -KILL 2>/dev/null || true
            sleep 0.05
        done
        find "$group" -depth -type d -exec rmdir {} \;
    }
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        exec unshare --mount --cgroup --ipc --uts --net --fork --kill-child "$0" --inside "$@"
    )
    exit
fi

units=$2
shift 2
mount --make-rprivate /
for folder in /run /tmp /var/log /var/lib/taprecipe /var/cache/taprecipe; do
    mkdir -p "$folder"
    mount -t tmpfs -o mode=755 tmpfs "$folder"
done
chmod 1777 /tmp
while umount -l -R /sys/fs/cgroup 2>/dev/null; do :; done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up

# What the system's manager would have made: it hides files behind these.
mkdir -p /run/systemd/inaccessible/dir /run/systemd/system /run/user/0 /run/taprecipe
touch /run/systemd/inaccessible/reg
mkfifo /run/systemd/inaccessible/fifo
mknod /run/systemd/inaccessible/chr c 0 0
mknod /run/systemd/inaccessible/blk b 0 0
chmod 0 /run/systemd/inaccessible/*

own=/run/with-systemd
mkdir "$own"
for target in basic default shutdown sysinit timers; do
    printf '[Unit]\nDefaultDependencies=no\n' >"$own/$target.target"
done
ln -s /usr/lib/systemd/user/{exit.target,systemd-exit.service} "$own"
{
    printf '#!/bin/bash\ncd %q\n' "$PWD"
    printf '%q ' "$@"
    printf '\nexec systemctl --user exit $?\n'
} >"$own/command"
chmod +x "$own/command"
# Its words go where ours go.
cat >"$own/command.service" <<END
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=$own/command
StandardOutput=append:/proc/$$/fd/1
StandardError=append:/proc/$$/fd/2
END
# Services have the system manager's environment, not ours.
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run/with-systemd XDG_RUNTIME_DIR=/run/user/0 \
    SYSTEMD_UNIT_PATH="$units:$own" container=test \
    /lib/systemd/systemd --user --unit=command.service --log-target=console --log-level=err
