#!/bin/bash
# Packs what 'make install' puts below the prefix, of the programs that a folder holds:
#
#     archive.sh BUILD ARCHIVE.tar.gz
#
# The archive holds files alone, as a folder's times and rights are the host's own, and is the same byte for byte where
# nothing was changed: Ansible then leaves the hosts as they are.
set -euo pipefail
. "$(dirname "$0")/common.sh"

build=$1 archive=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make -s -C "$root" install-files BUILD="$(realpath "$build")" DESTDIR="$work" PREFIX=
date=$(git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md")
(cd "$work" && find . -type f -printf '%P\0') |
    tar -C "$work" --null --verbatim-files-from -T - --sort=name --owner=root:0 --group=root:0 \
        --mtime="@${SOURCE_DATE_EPOCH:-$date}" -cf - |
    gzip -n -1 >"$archive.new"
mv "$archive.new" "$archive"
