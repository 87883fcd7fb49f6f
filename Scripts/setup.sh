#!/bin/bash
# Installs what this machine lacks to build, test and demonstrate taprecipe, and nothing else: Debian's packages
# through apt-get, and from PyPI what Debian does not have. Quick where nothing is missing. Swift itself is a
# prerequisite, as Debian does not have it.
set -euo pipefail
. "$(dirname "$0")/common.sh"

[ -r /etc/os-release ] && [ "$(. /etc/os-release && printf '%s' "${ID:-}")" = debian ] ||
    die "this installs packages on Debian 12; on another system install what it names by hand: see $0"
command -v swift >/dev/null ||
    die "no Swift found; install Swift 6.2 or later first (https://www.swift.org/install/linux/debian/12)"
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
[ "$(printf '%s\n6.2\n' "$version" | sort -V | head -n 1)" = 6.2 ] ||
    die "found Swift ${version:-of an unknown version}, expected 6.2 or later"

packages=(
    # SystemTap, and a kernel with the headers to compile for, which the virtual machine boots.
    systemtap systemtap-doc linux-image-amd64 linux-headers-amd64 gcc g++ libc6-dev kmod util-linux
    # The C libraries that taprecipe uses.
    libbpf-dev libdw-dev libelf-dev libyaml-dev zlib1g-dev libsqlite3-dev libsodium-dev libkmod2 libdebuginfod1 pkg-config
    # What the tests judge our answers by, and what they trace.
    gdb elfutils binutils libc6-dbg curl debuginfod libjemalloc2 libtcmalloc-minimal4
    minisign
    # What the benchmarks compare with.
    bpftrace wrk
    # To build nginx from its source package.
    dpkg-dev make xz-utils patch ca-certificates
    # What judges the units that are written, and the pages.
    systemd chromium-headless-shell
    # What runs the Ansible collection, and what its hosts need; their sshd is Scripts/sshd.sh's.
    ansible-core yamllint openssh-client python3-apt
    # To boot the virtual machine.
    qemu-system-x86 busybox-static iproute2 procps python3 python3-venv
)
missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    say "installing ${missing[*]}"
    as_root apt-get -q update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"
fi

# PyPI: the virtual machine's starter, and what holds recipe.schema.json against the loader. A machine that has
# them keeps its own; else they go into an environment of ours, as Debian's pip leaves the system alone.
pypi=(virtme-ng PyYAML jsonschema)
has_pypi() {
    "$1" -c 'import yaml, jsonschema, virtme_ng' 2>/dev/null
}
if ! has_pypi "$cache/venv/bin/python3" && ! { has_pypi python3 && command -v vng >/dev/null; }; then
    say "installing ${pypi[*]} from PyPI"
    # Made in its place, as the scripts in it name their own path; half of one is made anew.
    mkdir -p "$cache"
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" --quiet install "${pypi[@]}"
    has_pypi "$cache/venv/bin/python3" || die "PyPI's packages were installed but cannot be loaded"
fi

"$(dirname "$0")/promtool.sh" >/dev/null

release=$(kernel_release)
[ -r "/boot/vmlinuz-$release" ] || die "the kernel image of $release cannot be read"
say "all is there (Swift $version, $(stap --version 2>&1 | sed -nE 's/.*version ([0-9.]+).*/SystemTap \1/p' | head -n 1), Linux $release)"
