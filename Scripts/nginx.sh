#!/bin/bash
# Builds nginx with debug info from Debian's source package, once, and prints the binary's path: 'nginx.sh' that of the
# system's own suite, 'nginx.sh trixie' another version.
#
# The result is kept in .cache/nginx-KEY (of another suite: SUITE-nginx-KEY), where KEY is the hash of everything that
# goes into it: the source package's version, the configure line, the compiler and this script. The build happens in a
# directory of its own and is moved into place when whole.
set -euo pipefail
. "$(dirname "$0")/common.sh"
suite=${1:-}
. "$(dirname "$0")/sources.sh"

configure=(
    --with-cc-opt='-g -O2'
    --without-http_rewrite_module
    --without-http_gzip_module
    --prefix=/nonexistent
)

fetch_source nginx
version=$(cat "$cache/${of_suite}nginx-source/version")

key=$({
    printf '%s\n' "$version" "${configure[@]}"
    cc --version
    cat "$0" "$(dirname "$0")/sources.sh"
} | sha256sum | cut -c 1-16)
target="$cache/${of_suite}nginx-$key"

if ! [ -x "$target/nginx" ]; then
    work=$(mktemp -d "$cache/nginx-build.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    unpack_source nginx source
    cd source
    say "building nginx $version"
    if ! { ./configure "${configure[@]}" && make -j"$(nproc)"; } >"$work/build.log" 2>&1; then
        tail -n 40 "$work/build.log" >&2
        die "nginx $version did not build (the end of the log is above)"
    fi
    # The build tree's paths are in the DWARF; only the binary is needed.
    mkdir "$work/result"
    cp objs/nginx "$work/result/nginx"
    printf '%s\n' "$version" >"$work/result/version"
    mv -T "$work/result" "$target" 2>/dev/null || [ -x "$target/nginx" ] || die "cannot write $target"
fi
printf '%s\n' "$target/nginx"
