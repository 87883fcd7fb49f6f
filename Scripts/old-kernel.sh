#!/bin/bash
# Fetches Debian 11's kernel (5.10) into .cache/kernels, once, and prints its image's path; its modules lie beside it,
# where virtme-ng looks for them.
set -euo pipefail
. "$(dirname "$0")/common.sh"

state="$cache/kernels/apt"
image() { printf '%s\n' "$cache"/kernels/5.10.*/boot/vmlinuz-5.10.* | sort -V | tail -n 1; }
if ! [ -r "$(image)" ]; then
    mkdir -p "$state/lists/partial" "$state/archives/partial"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    cat >"$state/sources.list" <<END
deb [signed-by=$keys] http://deb.debian.org/debian bullseye main
deb [signed-by=$keys] http://deb.debian.org/debian-security bullseye-security main
END
    private=(
        -q
        -o "Dir::Etc::sourcelist=$state/sources.list"
        -o "Dir::Etc::sourceparts=/dev/null"
        -o "Dir::State::lists=$state/lists"
        -o "Dir::Cache::archives=$state/archives"
        -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
        -o "APT::Sandbox::User=$(id -un)"
    )
    apt-get "${private[@]}" update >&2
    package=$(apt-cache "${private[@]}" pkgnames linux-image-5.10.0- | grep -E '^linux-image-5\.10\.0-[0-9]+-amd64$' |
        sort -V | tail -n 1)
    [ -n "$package" ] || die "Debian's archive names no kernel 5.10"
    release=${package#linux-image-}
    work=$(mktemp -d "$cache/kernels/new.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && apt-get "${private[@]}" download "$package" >&2 && dpkg -x "$package"_*.deb root)
    # depmod also for a merged /usr.
    depmod -b "$work/root" "$release"
    mv -T "$work/root" "$cache/kernels/$release"
fi
image
