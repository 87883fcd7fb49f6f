#!/bin/bash
# Becomes one of the test's hosts: a copy on write of this machine's files with an sshd and an nginx of its own.
#
#     nsenter --net=… unshare --mount --uts --propagation private host.sh FOLDER NAME NGINX SSHD
#
# FOLDER holds the public key that may log in as root (login.pub), and FOLDER/NAME the host's own key (host_key). All that
# the host writes is in memory and goes with its last process. It has no /usr/local but an empty one, with nginx in it.
set -euo pipefail

folder=$1 name=$2 nginx=$3 sshd=$4
here=$(cd "$(dirname "$0")" && pwd)

hostname "$name"
mount -t tmpfs -o mode=755 "$name" "$folder/$name/files"
cd "$folder/$name/files"
mkdir changes work root
mount -t overlay -o "lowerdir=/,upperdir=$PWD/changes,workdir=$PWD/work" "$name" root
cd root
for shared in proc sys dev; do mount --rbind "/$shared" "$shared"; done
for own in run tmp usr/local; do mount -t tmpfs -o mode=755 "$name" "$own"; done
chmod 1777 tmp
rm -rf var/lib/taprecipe var/cache/taprecipe root/.ansible
# A host without what it takes to compile.
[ "$name" != web1 ] || rm -f usr/bin/stap

mkdir -p usr/local/{bin,sbin,libexec} etc/nginx run/sshd run/nginx
cp "$nginx" usr/local/sbin/nginx
cp "$here/nginx.conf" etc/nginx/nginx.conf
cp "$here/load.sh" usr/local/libexec/load.sh
cp -r "$(dirname "$sshd")" usr/local/libexec/sshd
install -m 0600 "$folder/$name/host_key" "$folder/login.pub" usr/local/libexec/sshd/
cat >usr/local/libexec/sshd/config <<'END'
HostKey /usr/local/libexec/sshd/host_key
AuthorizedKeysFile /usr/local/libexec/sshd/login.pub
PidFile /run/sshd/sshd.pid
AuthenticationMethods publickey
PermitRootLogin prohibit-password
UsePAM no
Subsystem sftp internal-sftp
END
# What Debian's package would add to the machine; root must not be locked, which is what '!' means.
grep -q '^sshd:' etc/passwd || echo 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin' >>etc/passwd
sed -i -E 's/^root:!+/root:/; s/^root::/root:*:/' etc/shadow

mkdir run/machine
pivot_root . run/machine
cd /
umount -l /run/machine
rmdir /run/machine

# What nginx says before it has read its configuration goes to a folder that is not there.
/usr/local/sbin/nginx -e /run/nginx/error.log -c /etc/nginx/nginx.conf
export LD_LIBRARY_PATH=/usr/local/libexec/sshd/lib
exec /usr/local/libexec/sshd/sshd -D -e -f /usr/local/libexec/sshd/config
