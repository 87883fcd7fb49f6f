# Shared by the scripts here; sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache="$root/.cache"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# Runs a command as root: directly, or through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root (or sudo): $*"
    fi
}

# free_ports COUNT: ports of 127.0.0.1 that nothing listens on, below those that the kernel gives to outgoing connections:
# one to such a port that is closed may be answered by itself.
free_ports() {
    python3 -c '
import contextlib, random, socket, sys
free = []
for port in random.sample(range(15000, 30000), 15000):
    if len(free) == int(sys.argv[1]): break
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        free.append(port)
print(*free)' "$1"
}

# Prints the newest installed kernel release that has both an image and headers to build against.
kernel_release() {
    local image release
    for image in $(printf '%s\n' /boot/vmlinuz-* | sort -Vr); do
        release=${image#/boot/vmlinuz-}
        if [ -r "$image" ] && [ -e "/lib/modules/$release/build/.config" ]; then
            printf '%s\n' "$release"
            return
        fi
    done
    die "no kernel with image and headers found in /boot and /lib/modules; run 'make setup'"
}

# Prints the path of virtme-ng's command: the machine's, or the one that setup.sh installed.
find_vng() {
    if [ -x "$cache/venv/bin/vng" ]; then
        printf '%s\n' "$cache/venv/bin/vng"
    else
        command -v vng
    fi
}
