#!/bin/sh
# Runs a command on a machine that seems able to trace: usage: fake-machine.sh STAP-MODE STAPRUN-MODE COMMAND…
#
# In a mount namespace of its own (which needs root), the kernel's configuration says that it loads modules, its
# build tree is there, and stap and staprun are the stand-ins of the engine's tests. The rest is what is here.
set -eu
if [ "${FAKE_MACHINE:-}" != inside ]; then
    FAKE_MACHINE=inside exec unshare --mount --propagation private "$0" "$@"
fi
fixtures=$(cd "$(dirname "$0")/../Engine" && pwd)
place=$(mktemp -d /tmp/taprecipe-fake-XXXXXX)
mount -t tmpfs fake "$place"
mkdir -p "$place/state/module" "$place/modules/$(uname -r)/build"
cat >"$place/config" <<'CONFIG'
CONFIG_MODULES=y
CONFIG_KPROBES=y
CONFIG_UPROBES=y
CONFIG_DEBUG_FS=y
CONFIG
cp "$place/config" "$place/modules/$(uname -r)/build/.config"
cp "$place/config" "$place/modules/$(uname -r)/config"
echo "all:" >"$place/modules/$(uname -r)/build/Makefile"
for name in Module.symvers include/generated/utsrelease.h include/generated/autoconf.h include/linux/module.h; do
    mkdir -p "$place/modules/$(uname -r)/build/$(dirname "$name")"
    echo >"$place/modules/$(uname -r)/build/$name"
done
gzip -k "$place/config"
for tool in stap staprun; do
    mode=$1
    shift
    cat >"$place/$tool" <<SCRIPT
#!/bin/sh
case "\$*" in
-V | --version) echo "Systemtap translator/driver (version 4.8/0.188, Debian version 4.8-2)" ;;
*) exec /usr/bin/python3 '$fixtures/fake_$tool.py' '$mode' '$place/state' "\$@" ;;
esac
SCRIPT
    chmod 0755 "$place/$tool"
    mount --bind "$place/$tool" "$(readlink -f "/usr/bin/$tool")"
done
# Nothing can be added to /proc, so a library says that the list of modules is there; what it holds is not asked.
if [ ! -e /proc/modules ]; then
    cc -shared -fPIC -o "$place/modules.so" -x c - <<'SOURCE'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>
int stat(const char *restrict path, struct stat *restrict status) {
    int (*real)(const char *, struct stat *) = (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "stat");
    return real(strcmp(path, "/proc/modules") ? path : "/proc/version", status);
}
SOURCE
    export LD_PRELOAD="$place/modules.so"
fi
[ ! -e /proc/config.gz ] || mount --bind "$place/config.gz" /proc/config.gz
mount --bind "$place/modules" /lib/modules
# The mounts go with the namespace; the empty folder below them would stay.
status=0
"$@" || status=$?
unset LD_PRELOAD
umount --lazy "$place"
rmdir "$place"
exit "$status"
