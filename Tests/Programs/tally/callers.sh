#!/bin/bash
# Two processes that have the module tally's function called; prints of each "caller PID CALLS COMM", in this order.
set -euo pipefail

# caller COMM CALLS…: writes each number to /proc/tally under this name.
caller() {
    local calls sum=0 process=$BASHPID
    printf '%s' "$1" >"/proc/$process/comm"
    for calls in "${@:2}"; do
        echo "$calls" >/proc/tally
        sum=$((sum + calls))
    done
    echo "caller $process $sum $1"
}
caller 'my shell' 400 0 25
(caller child 7)
