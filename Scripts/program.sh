#!/bin/bash
# Builds a program from Debian's source package with -g -O2, once, and prints its path: 'program.sh lua5.4'.
#
# Kept in .cache/NAME-KEY as nginx.sh keeps nginx; the path of the build is in the DWARF.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/sources.sh"

name=${1:?'usage: program.sh lua5.4|bzip2|ninja-build'}
case $name in
lua5.4)
    # Debian's makefile wants libtool, and a header that its rules would write.
    build() { (cd src && echo '#define DEB_HOST_MULTIARCH ""' >lua5.4-deb-multiarch.h && cc -g -O2 -DLUA_USE_POSIX -o lua $(ls ./*.c | grep -v luac) -lm); }
    result=src/lua
    ;;
bzip2)
    build() { make bzip2 CFLAGS='-g -O2 -D_FILE_OFFSET_BITS=64'; }
    result=bzip2
    ;;
ninja-build)
    build() { CFLAGS='-g -O2' python3 configure.py --bootstrap; }
    result=ninja
    ;;
*) die "no way to build '$name' is known here" ;;
esac

fetch_source "$name"
version=$(cat "$cache/$name-source/version")
key=$({
    printf '%s\n' "$version"
    cc --version
    declare -f build
} | sha256sum | cut -c 1-16)
target="$cache/$name-$key"

if ! [ -x "$target/$name" ]; then
    work=$(mktemp -d "$cache/$name-build.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    unpack_source "$name" "$work/source"
    cd "$work/source"
    say "building $name $version"
    if ! build >"$work/build.log" 2>&1; then
        tail -n 40 "$work/build.log" >&2
        die "$name $version did not build (the end of the log is above)"
    fi
    mkdir "$work/result"
    cp "$result" "$work/result/$name"
    printf '%s\n' "$version" >"$work/result/version"
    mv -T "$work/result" "$target" 2>/dev/null || [ -x "$target/$name" ] || die "cannot write $target"
fi
printf '%s\n' "$target/$name"
