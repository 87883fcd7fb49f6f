#!/bin/bash
# Boots Debian's kernel under software emulation over this machine's own root file system, and runs a command
# in it as root.
#
#   vm.sh [--release R | --image FILE] [--timeout SECONDS] [--memory SIZE] --rw DIR -- COMMAND [ARG…]
#
# The guest sees the whole root file system; what it writes goes to its memory and is lost, but for DIR, which
# it shares. It has no network but loopback. The console is streamed to stdout. The exit status is the
# command's own; 124 when the time is up; 125 where the guest could not be booted.
set -euo pipefail
. "$(dirname "$0")/common.sh"

release= image= limit=900 memory=2G rw=
while [ $# -gt 0 ]; do
    case $1 in
    --release) release=$2; shift 2 ;;
    --image) image=$2; shift 2 ;;
    --timeout) limit=$2; shift 2 ;;
    --memory) memory=$2; shift 2 ;;
    --rw) rw=$(realpath "$2"); shift 2 ;;
    --) shift; break ;;
    *) die "unknown option '$1'" ;;
    esac
done
[ -n "$rw" ] || die "--rw DIR is missing"
[ $# -gt 0 ] || die "no command to run"

unbootable() {
    say "error: $*"
    exit 125
}
[ -n "$image" ] || image="/boot/vmlinuz-${release:-$(kernel_release)}"
[ -r "$image" ] || unbootable "cannot read the kernel image $image; run 'make setup'"
vng=$(find_vng) || unbootable "virtme-ng is not installed; run 'make setup'"
# It calls its other programs by name.
PATH="$(dirname "$vng"):$PATH"
command -v qemu-system-x86_64 >/dev/null || unbootable "qemu-system-x86_64 is not installed; run 'make setup'"

# What runs in the guest: it leaves its status in the shared directory, as the console cannot carry it.
work=$(mktemp -d "$rw/.vm.XXXXXX")
{
    printf '#!/bin/bash\n'
    printf 'echo booted >%q\n' "$work/booted"
    printf '%q ' "$@"
    printf '\nstatus=$?\necho "$status" >%q.new\nmv %q.new %q\nsync\n' "$work/status" "$work/status" "$work/status"
} >"$work/run"
chmod +x "$work/run"

# Its own session, so that it and all that it starts (qemu) can be ended by process id, however this ends.
guest=
finish() {
    if [ -n "$guest" ]; then
        kill -TERM -- "-$guest" 2>/dev/null || true
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            kill -0 -- "-$guest" 2>/dev/null || break
            sleep 0.2
        done
        kill -KILL -- "-$guest" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Its stderr is a pipe: virtme-ng opens it anew by /proc, which would truncate a log file.
setsid "$vng" -r "$image" --disable-kvm --cpus 2 -m "$memory" --user root --rwdir "$rw" \
    -- "$work/run" </dev/null 2> >(cat >&2) &
guest=$!

waited=0
while kill -0 "$guest" 2>/dev/null && [ "$waited" -lt "$((limit * 2))" ]; do
    [ ! -e "$work/status" ] || [ -n "${grace:-}" ] || grace=$waited
    # The command is done; a guest that does not power off on its own within 20 s is ended.
    [ -z "${grace:-}" ] || [ "$waited" -lt "$((grace + 40))" ] || break
    sleep 0.5
    waited=$((waited + 1))
done

if [ -e "$work/status" ]; then
    exit "$(cat "$work/status")"
elif ! [ -e "$work/booted" ]; then
    [ "$waited" -lt "$((limit * 2))" ] || unbootable "$image did not boot within $limit s"
    wait "$guest" || true
    unbootable "$image did not boot (qemu's and the kernel's words are above)"
elif [ "$waited" -ge "$((limit * 2))" ]; then
    say "error: the command did not end within $limit s"
    exit 124
fi
die "the guest ended before its command did"
