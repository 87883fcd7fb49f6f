#!/bin/bash
# Runs the recipes for any program and those for nginx by both engines: by real SystemTap, whose modules are compiled here, and
# by the built-in engine, in one boot of Debian's kernel, on programs that do the same each time. Holds their records against
# each other. Takes half a minute for each module that is not in the cache, so that it is not part of 'make vm-test'.
#
#   run.sh [NAME…]     all of cases.txt, or some
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"
. "$(dirname "$0")/../../Scripts/vm-test.sh"

here="$root/Tests/BothEngines"
nginx_built=$("$root/Scripts/nginx.sh")
use both-engines
place "$nginx_built" nginx
program "$root/Tests/Programs/planted.c" planted -pthread
program "$root/Tests/Programs/burn-or-doze.c" burn-or-doze
# Lines that stand for words, quoted where they must be.
sed "/^#/d; s|PLANTED|$dir/bin/planted|; s|BURN|$dir/bin/burn-or-doze|; s|NGINX|$dir/bin/nginx|" "$here/cases.txt" |
    while read -r name words; do
        if [ "$#" -eq 0 ] || [[ " $* " == *" $name "* ]]; then printf '%s %s\n' "$name" "$words"; fi
    done >"$dir/cases"
say "compiling for $release"
while read -r line; do
    eval "words=($line)"
    compile "${words[0]}" "${words[@]:2}" --recipes "$root/recipes"
done <"$dir/cases"
compiled

boot "/boot/vmlinuz-$release" "$dir/results/console.txt" 3000 \
    bash "$here/guest.sh" "$dir" "$taprecipe" "$root/recipes"
python3 "$here/compare.py" "$dir"
