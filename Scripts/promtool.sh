#!/bin/bash
# Puts promtool, which judges metrics, into .cache and prints its path. It is in Debian's package prometheus, whose
# installation would start a server: only the package's archive is fetched, and the one program taken out of it.
#
# The result is kept in .cache/promtool-VERSION.
set -euo pipefail
. "$(dirname "$0")/common.sh"

kept=$(compgen -G "$cache/promtool-*/promtool" | sort -V | tail -n 1 || true)
if [ -z "$kept" ]; then
    say "fetching promtool out of Debian's package prometheus"
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/promtool.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && apt-get -q -o "APT::Sandbox::User=$(id -un)" download prometheus >&2)
    version=$(dpkg-deb --field "$work"/prometheus_*.deb Version)
    mkdir "$work/result"
    dpkg-deb --fsys-tarfile "$work"/prometheus_*.deb | tar -x -O -f - ./usr/bin/promtool >"$work/result/promtool"
    chmod 0755 "$work/result/promtool"
    "$work/result/promtool" --version >/dev/null
    kept="$cache/promtool-$version/promtool"
    mv -T "$work/result" "${kept%/*}" 2>/dev/null || [ -x "$kept" ] || die "cannot write ${kept%/*}"
fi
printf '%s\n' "$kept"
