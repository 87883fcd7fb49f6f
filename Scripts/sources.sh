# Fetches Debian's source packages; sourced behind common.sh, never run.

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

# Puts the source package of a name into .cache/NAME-source, once; afterwards a cached build is found without
# the network. A mirror's index may name a version whose files it does not have, so the versions are tried from
# the newest down.
fetch_source() {
    local name=$1 version versions fetched
    [ -s "$cache/$name-source/version" ] && return
    say "asking Debian for $name's source package"
    apt-get "${apt_private[@]}" update >&2
    versions=$(apt-cache "${apt_private[@]}" showsrc --only-source "$name" | sed -n 's/^Version: //p' | sort -Vru)
    [ -n "$versions" ] || die "Debian's archive names no source package $name for $suite"
    for version in $versions; do
        fetched=$(mktemp -d "$cache/$name-source.XXXXXX")
        if (cd "$fetched" && apt-get "${apt_private[@]}" source --download-only "$name=$version" >&2); then
            printf '%s\n' "$version" >"$fetched/version"
            rm -rf "$cache/$name-source"
            mv -T "$fetched" "$cache/$name-source"
            return
        fi
        rm -rf "$fetched"
        say "$name $version could not be fetched"
    done
    die "no version of $name's source package could be fetched"
}

# Unpacks a fetched source package into a folder that is not there yet, with Debian's patches.
unpack_source() {
    local log
    log=$(mktemp)
    if ! dpkg-source --no-check -x "$cache/$1-source/$1"_*.dsc "$2" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "cannot unpack the source package of $1"
    fi
    rm -f "$log"
}
