# Shared by what runs in the virtual machine (Tests/VM/guest.sh, Tests/Conformance/guest.sh); sourced there, never run.
#
# $taprecipe is the program under test, $dir what the guest shares with its host (Scripts/vm-test.sh).

export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
ip link set lo up
# The kernel places no probes in files of an overlay: show libc as it is below.
for folder in /usr /usr/lib /lib; do
    while umount -l "$folder" 2>/dev/null; do :; done
done

# in_memory PATH…: shows in each place a copy of what is there. The guest keeps no page of its root file system, so that
# each start of a program would read its pages from the host anew, which takes longer than all that it does then.
in_memory() {
    local path copies=/run/in-memory
    for path in "$@"; do
        mkdir -p "$copies${path%/*}"
        cp -aL "$path" "$copies$path"
        mount --bind "$copies$path" "$path"
    done
}
mapfile -t libraries < <(ldd "$taprecipe" | awk '$3 ~ "/swift/" { print $3 }')
in_memory "$(realpath "$taprecipe")" "${libraries[@]}"
# The tapset is some thousand small files, which take a minute to copy one by one (six under 5.10): from an archive.
tar -x -f "$dir/systemtap.tar" -C /run/in-memory
mount --bind /run/in-memory/systemtap /usr/share/systemtap
