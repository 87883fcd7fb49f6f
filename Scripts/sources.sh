# Fetches Debian's source packages; sourced behind common.sh, never run.

# apt with a private list of sources, lists and archives, so that the system's configuration stays as it is. The
# packages are of the system's own suite, or of the one that the caller has named in 'suite'.
own_suite=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
suite=${suite:-$own_suite}
# What the names of the cache's folders begin with: nothing for the own suite.
of_suite=$([ "$suite" = "$own_suite" ] || printf '%s-' "$suite")
state="$cache/${of_suite}apt"
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

# Puts the source package of a name into .cache/NAME-source (of another suite: SUITE-NAME-source), once; afterwards a
# cached build is found without the network. A mirror's index may name a version whose files it does not have, so the
# versions are tried from the newest down.
fetch_source() {
    local name=$1 version versions fetched
    local source="$cache/$of_suite$name-source"
    [ -s "$source/version" ] && return
    say "asking Debian for $name's source package"
    apt-get "${apt_private[@]}" update >&2
    versions=$(apt-cache "${apt_private[@]}" showsrc --only-source "$name" | sed -n 's/^Version: //p' | sort -Vru)
    [ -n "$versions" ] || die "Debian's archive names no source package $name for $suite"
    for version in $versions; do
        fetched=$(mktemp -d "$source.XXXXXX")
        # Of another suite upstream's own archive will do, which a mirror keeps where it has lost Debian's files.
        if (cd "$fetched" && apt-get "${apt_private[@]}" source --download-only "$name=$version" >&2) ||
            { [ -n "$of_suite" ] && (cd "$fetched" && rm -f ./* &&
                apt-get "${apt_private[@]}" source --download-only --tar-only "$name=$version" >&2); }; then
            printf '%s\n' "$version" >"$fetched/version"
            rm -rf "$source"
            mv -T "$fetched" "$source"
            return
        fi
        rm -rf "$fetched"
        say "$name $version could not be fetched"
    done
    die "no version of $name's source package could be fetched"
}

# Unpacks a fetched source package into a folder that is not there yet, with Debian's patches where they came too.
unpack_source() {
    local log archive
    archive=$(echo "$cache/$of_suite$1-source/$1"_*.orig.tar.*)
    if ! compgen -G "$cache/$of_suite$1-source/$1_*.dsc" >/dev/null; then
        mkdir "$2"
        tar -xf "$archive" -C "$2" --strip-components 1
        return
    fi
    log=$(mktemp)
    if ! dpkg-source --no-check -x "$cache/$of_suite$1-source/$1"_*.dsc "$2" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "cannot unpack the source package of $1"
    fi
    rm -f "$log"
}
