#!/bin/bash
# Feeds the readers of untrusted input with damaged input: 20,000 binaries, each in a process that may die of it, and
# libFuzzer on the parsers. What is found stays under .cache/fuzz; its path is printed and the exit status is 1.
#
#   Scripts/fuzz.sh                  all of it; FUZZ_SECONDS (60) a parser, FUZZ_CASES (20000) binaries
#   Scripts/fuzz.sh NAME…            some of: binaries yaml template script records
#   Scripts/fuzz.sh case NUMBER      one binary again, in one process
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

export TAPRECIPE_FUZZ=1
# Swift's handler of crashes would keep libFuzzer from writing the input that made one.
export SWIFT_BACKTRACE=enable=no
seconds=${FUZZ_SECONDS:-60}
cases=${FUZZ_CASES:-20000}
cache=$PWD/.cache/fuzz
failed=0

# Two builds, because libFuzzer brings its own main to every program: each has its folder.
plain() { swift build -c release --scratch-path .build-fuzz/plain --product "$1" >&2; }
instrumented() {
    swift build -c release --scratch-path .build-fuzz/libfuzzer --sanitize fuzzer \
        -Xswiftc -enable-testing --product "fuzz-$1" >&2
}

binaries() {
    plain fuzz-binaries
    .build-fuzz/plain/release/fuzz-binaries "$PWD" --cases "$cases" || failed=1
}

# Sound inputs to begin with, one a file.
seeds() {
    local folder=$cache/$1/seeds
    rm -rf "$folder" && mkdir -p "$folder"
    case $1 in
        yaml) cp recipes/*.yaml Tests/Fixtures/RecipeModel/*/*.yaml "$folder" ;;
        script)
            python3 - "$folder" recipes/*.yaml Tests/Fixtures/StapLanguage/snippets.txt <<'PY'
import re, sys
folder, *paths = sys.argv[1:]
number = 0
for path in paths:
    text = open(path, encoding="utf-8").read()
    if path.endswith(".yaml"):
        found = re.findall(r"^script: \|\n((?:  .*\n|\n)+)", text, re.M)
        parts = [re.sub(r"^  ", "", part, flags=re.M) for part in found]
        parts = [re.sub(r"\{\{[^}]*\}\}", "1", part) for part in parts]
    else:
        parts = [line for line in text.split("\n") if line.strip()]
    for part in parts:
        number += 1
        open(f"{folder}/{number:04}.stp", "w", encoding="utf-8").write(part)
PY
            ;;
        template)
            local number=0
            grep -ohE 'Place\("probe[^"]*(\\"[^"]*)*"' Tests/TemplaterTests/InjectionTests.swift |
                sed -E 's/^Place\("//; s/"$//; s/\\"/"/g' | while IFS= read -r script; do
                number=$((number + 1))
                printf '%b%s\0%s' "\\x0$((number % 5))" 'a"b%}' "$script" >"$folder/$number"
            done
            ;;
        records)
            local file
            for file in Tests/Fixtures/Report/*.txt; do
                { printf '{a}: {b:integer}, {c}\n'; head -c 2000 "$file"; } >"$folder/$(basename "$file")"
            done
            ;;
    esac
}

parser() {
    instrumented "$1"
    seeds "$1"
    local folder=$cache/$1 log=$cache/$1/log dictionary
    mkdir -p "$folder/corpus" "$folder/findings"
    dictionary=$(ls -d Fuzz/*/dictionary.txt | grep -i "/$1/")
    if .build-fuzz/libfuzzer/release/fuzz-"$1" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=512 \
        -dict="$dictionary" -artifact_prefix="$folder/findings/" -max_len=4096 -print_final_stats=1 \
        "$folder/corpus" "$folder/seeds" >"$log" 2>&1; then
        echo "$1: $(sed -nE 's/^stat::number_of_executed_units: +//p' "$log") inputs," \
            "$(ls "$folder/corpus" | wc -l) kept, no finding"
    else
        echo "$1: $(sed -nE 's/^.*Test unit written to //p' "$log" | tail -n 1) (see $log)"
        echo "  again: .build-fuzz/libfuzzer/release/fuzz-$1 FILE"
        failed=1
    fi
}

if [ "${1:-}" = case ]; then
    plain fuzz-binaries
    exec .build-fuzz/plain/release/fuzz-binaries "$PWD" --case "${2:?no number given}"
fi
[ $# -gt 0 ] || set -- binaries yaml template script records
for name; do
    case $name in
        binaries) binaries ;;
        yaml | template | script | records) parser "$name" ;;
        *) die "'$name' is none of: binaries, yaml, template, script, records" ;;
    esac
done
exit $failed
