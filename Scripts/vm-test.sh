# Shared by the tests that run in the virtual machine (Tests/VM, Tests/Conformance); sourced behind common.sh, never run.
#
# $dir is what the guest sees read-write. It is a file system of its own there, which user-space probes need: the kernel
# cannot place them in files of an overlay, which the guest has over /home, /usr and others.

started=$SECONDS
elapsed() { say "$* ($((SECONDS - started)) s)"; }

# use NAME: takes .cache/NAME for this run; its path is part of the compiled modules, so there is one run at a time.
use() {
    dir="$cache/$1"
    mkdir -p "$dir"
    exec 9>"$dir.lock"
    flock --nonblock 9 || die "another run uses $dir"
    rm -rf "$dir"/{modules,results}
    mkdir -p "$dir"/{bin,modules,results}
    tar -c -f "$dir/systemtap.tar" -C /usr/share systemtap
    # TAPRECIPE names another build to test, an installed one say.
    taprecipe=${TAPRECIPE:-"$(swift build --package-path "$root" --show-bin-path)/taprecipe"}
    [ -x "$taprecipe" ] || die "$taprecipe is not built; run 'make build'"
    release=$(kernel_release)
    # taprecipe's own cache keeps the compiled modules by content.
    export XDG_CACHE_HOME="$cache/modules" XDG_STATE_HOME="$cache/state"
    mkdir -p "$XDG_CACHE_HOME" "$XDG_STATE_HOME"
}

# place FILE NAME: bin/NAME, replaced only where it changed.
place() {
    cmp -s "$1" "$dir/bin/$2" || { cp "$1" "$dir/bin/$2.new" && mv "$dir/bin/$2.new" "$dir/bin/$2"; }
}

# program SOURCE NAME [OPTION…]: bin/NAME, a program to probe.
program() {
    local source=$1 name=$2
    shift 2
    cc -Wall -Wextra -Werror -g -O1 -fno-builtin -fno-optimize-sibling-calls "$@" -o "$dir/$name.new" "$source"
    place "$dir/$name.new" "$name"
    rm "$dir/$name.new"
}

# kernel_module FOLDER: kernel/extra/NAME.ko, a kernel module to probe, of the folder's name. It is made of a copy, as kbuild
# writes beside the sources.
kernel_module() {
    local name=${1##*/} copy="$dir/kernel/${1##*/}"
    rm -rf "$copy"
    mkdir -p "$dir/kernel/extra"
    cp -r "$1" "$copy"
    make -s -C "/lib/modules/$release/build" "M=$copy" KCFLAGS=-Werror modules >"$dir/kernel/$name.log" 2>&1 ||
        die "$name was not built: $(cat "$dir/kernel/$name.log")"
    mv "$copy/$name.ko" "$dir/kernel/extra"
    rm -r "$copy"
}

# with_kernel_modules COMMAND…: runs it where kernel/extra is among the kernel's modules, in a mount namespace of its own.
with_kernel_modules() {
    as_root unshare --mount bash -c '
        mount -t overlay -o "lowerdir=$1:$2" modules "$2"
        exec setpriv --reuid "$3" --regid "$4" --init-groups "${@:5}"' \
        "${FUNCNAME[0]}" "$dir/kernel" "/lib/modules/$release" "$(id -u)" "$(id -g)" \
        env XDG_CACHE_HOME="$XDG_CACHE_HOME" XDG_STATE_HOME="$XDG_STATE_HOME" "$@"
}

# compile NAME RECIPE ARGUMENTS…: makes modules/NAME.ko in the background, two at a time, as one is mostly stap, the
# other mostly the C compiler. RECIPE is kept for the run in the guest; inside=FUNCTION runs the compile by that. compiled
# waits, and tells how many failed.
jobs=()
compile() {
    local name=$1
    shift
    printf '%s\n' "$1" >"$dir/modules/$name.recipe"
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do sleep 0.2; done
    {
        if ${inside:-} "$taprecipe" compile "$@" --kernel-release "$release" -o "$dir/modules/$name.ko" \
            >"$dir/modules/$name.log" 2>&1 </dev/null; then
            elapsed "compiled $name"
        else
            sed "s/^/$name: /" "$dir/modules/$name.log" >&2
            exit 1
        fi
    } &
    jobs+=("$!")
}
compiled() {
    local job failed=0
    for job in "${jobs[@]}"; do wait "$job" || failed=$((failed + 1)); done
    jobs=()
    [ "$failed" -eq 0 ] || die "$failed modules were not compiled (their words are above)"
}

# boot IMAGE CONSOLE SECONDS COMMAND…: runs a command in the guest.
boot() {
    local image=$1 console=$2 limit=$3 status=0
    shift 3
    say "booting $image under software emulation"
    "$root/Scripts/vm.sh" --image "$image" --timeout "$limit" --rw "$dir" -- "$@" 9>&- | tr -d '\r' >"$console" ||
        status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 60 "$console" >&2
        die "the guest's run failed with status $status (the end of its console is above; all is in $console)"
    fi
    elapsed "the guest is done"
}
