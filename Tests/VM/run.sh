#!/bin/bash
# Runs the recipes for real: compiles their modules here, boots Debian's kernel once, runs them in there against
# a real nginx, our own programs and a kernel module.
#
# Holds every summary against what really happened; ends with "N passed, N failed".
set -euo pipefail
. "$(dirname "$0")/../../Scripts/common.sh"
. "$(dirname "$0")/../../Scripts/vm-test.sh"

here="$root/Tests/VM"
nginx_built=$("$root/Scripts/nginx.sh")
use vm
rm -rf "$dir"/{nginx,tmp}
mkdir -p "$dir/nginx"
place "$nginx_built" nginx
program "$root/Tests/Programs/victim.c" victim -pthread
program "$root/Tests/Programs/planted.c" planted -pthread
kernel_module "$root/Tests/Programs/tally"
make -s -C "$root" live
rm -rf "$dir/live"
cp -r "$root/.cache/live" "$dir/live"
nginx="$dir/bin/nginx" victim="$dir/bin/victim" planted="$dir/bin/planted"

# recipe NAME RECIPE ARGUMENTS…
recipe() { compile "$@" --recipes "$root/recipes"; }
say "compiling for $release"
recipe forks fork-trace
recipe errors nginx-5xx --binary "$nginx"
recipe errors-of-host nginx-5xx --binary "$nginx" --host '[.]example[.]com$' --show-secrets
recipe headers nginx-headers --binary "$nginx" --max-headers 20
recipe headers-open nginx-headers --binary "$nginx" --max-headers 20 --show-secrets
recipe heap heap-leaks --program "$victim"
# What 'test --live' runs in the guest finds its modules in the cache: that of forks, and this one for the shipped program.
recipe heap-live heap-leaks --program "$root/.cache/live/victim"
recipe forks-c fork-trace-c --allow-guru
inside=with_kernel_modules recipe calls module-calls --module-name tally --function tally_one
recipe changes set-variable --allow-guru --binary "$planted" --function decide --variable limit --element 0 \
    --value 222 --times 4
# A limit that is too small, and the larger one that the run will want: both are in the cache then.
recipe busy "$here/busy.yaml"
recipe busy-raised "$here/busy.yaml" --limit MAXACTION=4000
compiled

boot "/boot/vmlinuz-$release" "$dir/results/console.txt" 1500 \
    bash "$here/guest.sh" "$dir" "$taprecipe" "$root/recipes" "$XDG_CACHE_HOME"

python3 "$here/check.py" "$dir"
