#!/bin/bash
# Fetches Debian's sshd, once, and prints its path. It is unpacked into .cache and not installed, as an installed one would
# be started, and would be again at the machine's next start.
#
# It is to be run with the folder's lib in LD_LIBRARY_PATH: see Tests/Ansible/host.sh.
set -euo pipefail
. "$(dirname "$0")/common.sh"

target="$cache/sshd"
if ! [ -x "$target/sshd" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/sshd.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    say "fetching Debian's openssh-server"
    download() { apt-get -q -o APT::Sandbox::User="$(id -un)" download openssh-server libwrap0 >&2; }
    # The lists may be older than the mirror, or not there yet.
    download || { as_root apt-get -q update >&2 && download; } || die "Debian's openssh-server could not be fetched"
    mkdir unpacked result
    for package in ./*.deb; do dpkg-deb -x "$package" unpacked; done
    mkdir result/lib
    cp unpacked/usr/sbin/sshd result/
    cp -a unpacked/usr/lib/*/libwrap.so.* result/lib/
    mv -T "$work/result" "$target" 2>/dev/null || [ -x "$target/sshd" ] || die "cannot write $target"
fi
printf '%s\n' "$target/sshd"
