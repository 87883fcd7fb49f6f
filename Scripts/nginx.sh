#!/bin/bash
# Builds nginx with debug info from Debian's source package, once, and prints the binary's path.
#
# The result is kept in .cache/nginx-KEY, where KEY is the hash of everything that goes into it: the source
# package's version, the configure line, the compiler and this script. The build happens in a directory of
# its own and is moved into place when whole.
set -euo pipefail
. "$(dirname "$0")/common.sh"

configure=(
    --with-cc-opt='-g -O2'
    --without-http_rewrite_module
    --without-http_gzip_module
    --prefix=/nonexistent
)

# apt with a private list of sources, lists and archives, so that the system's configuration stays as it is.
suite=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
state="$cache/apt"
mkdir -p "$state/lists/partial" "$state/archives/partial"
cat >"$state/sources.list" <<END
deb-src http://deb.debian.org/debian $suite main
deb-src http://deb.debian.org/debian-security $suite-security main
END
apt_private=(
    -q
    -o "Dir::Etc::sourcelist=$state/sources.list"
    -o "Dir::Etc::sourceparts=/dev/null"
    -o "Dir::State::lists=$state/lists"
    -o "Dir::Cache::archives=$state/archives"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
    -o "APT::Sandbox::User=$(id -un)"
)

# The source package is fetched once; afterwards a cached build is found without the network. A mirror's index
# may name a version whose files it does not have, so the versions are tried from the newest down.
fetch() {
    say "asking Debian for nginx's source package"
    apt-get "${apt_private[@]}" update >&2
    local version versions fetched
    versions=$(apt-cache "${apt_private[@]}" showsrc --only-source nginx | sed -n 's/^Version: //p' | sort -Vru)
    [ -n "$versions" ] || die "Debian's archive names no source package nginx for $suite"
    for version in $versions; do
        fetched=$(mktemp -d "$cache/nginx-source.XXXXXX")
        if (cd "$fetched" && apt-get "${apt_private[@]}" source --download-only "nginx=$version" >&2); then
            printf '%s\n' "$version" >"$fetched/version"
            rm -rf "$cache/nginx-source"
            mv -T "$fetched" "$cache/nginx-source"
            return
        fi
        rm -rf "$fetched"
        say "nginx $version could not be fetched"
    done
    die "no version of nginx's source package could be fetched"
}
[ -s "$cache/nginx-source/version" ] || fetch
version=$(cat "$cache/nginx-source/version")

key=$({
    printf '%s\n' "$version" "${configure[@]}"
    cc --version
    cat "$0"
} | sha256sum | cut -c 1-16)
target="$cache/nginx-$key"

if ! [ -x "$target/nginx" ]; then
    work=$(mktemp -d "$cache/nginx-build.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    dpkg-source --no-check -x "$cache"/nginx-source/nginx_*.dsc source >"$work/unpack.log" 2>&1 || {
        cat "$work/unpack.log" >&2
        die "cannot unpack nginx's source package"
    }
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
