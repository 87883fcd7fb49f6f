# make setup       installs what the machine lacks
# make build       debug build
# make test        all tests but those of the virtual machine
# make lint        formatting, and a build without warnings
# make fuzz        damaged binaries and libFuzzer on the parsers; FUZZ_SECONDS=60 FUZZ_CASES=20000
# make demo        everything from nothing to the nginx-5xx summary of a real nginx that answers 502, on this machine
# make vm-test     real SystemTap runs of all recipes under Debian's kernel, and conformance
# make release-test recipes by the release build as it is installed, against the debug build
# make conformance both engines' lines of small scripts compared, under Debian's kernels
# make both-engines the recipes' records by real SystemTap and by the built-in engine compared, in one guest
# make parity      listings and verdicts against stap -L and stap -p2; see docs/parity.md
# make bench       our times beside stap's and bpftrace's, in one run; ROUNDS=7
# make live        the programs that 'taprecipe test --live' runs recipes on
# make ansible-test the Ansible collection, on three hosts with an sshd each in network namespaces
# make install     PREFIX=/usr/local DESTDIR=
# make archive     what 'make install' puts below the prefix, for the Ansible collection; ARCHIVE=taprecipe.tar.gz
# make golden      renews the golden files of the tests; review the difference
# make clean       removes what was built, cached sources and modules included

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= .build/release
ARCHIVE ?= taprecipe.tar.gz

# PyPI's programs, where setup had to install them.
export PATH := $(CURDIR)/.cache/venv/bin:$(PATH)
# One setting for build, test and lint, so that nothing is compiled twice; see Package.swift.
export TAPRECIPE_WARNINGS_AS_ERRORS := 1

# Generic types are named to the runtime by their parts, not by a text that it would look up at every start.
release := --configuration release --static-swift-stdlib \
    -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors

# Apart from the debug build, without warnings as errors: a newer compiler may know new ones.
build_release := env -u TAPRECIPE_WARNINGS_AS_ERRORS swift build $(release)

.PHONY: live setup build test lint fuzz demo vm-test release-test conformance both-engines ansible-test parity bench optimized \
    install install-files archive golden clean nginx

setup:
	Scripts/setup.sh

build:
	swift build

# Two at a time, a thread for each: the engine's alarms wait for a thread, which more tests would take from them.
test: nginx live
	swift test --experimental-maximum-parallelization-width 2

lint:
	swift format lint --recursive --strict Sources Tests Fuzz Benchmarks Package.swift
	swift build --build-tests

# Optimized, in folders of its own, without warnings as errors.
fuzz: nginx
	env -u TAPRECIPE_WARNINGS_AS_ERRORS Scripts/fuzz.sh

# The programs that 'taprecipe test --live' runs recipes on.
live: .cache/live/victim .cache/live/planted .cache/live/nginx-answers

.cache/live/%: Tests/Programs/%.c
	mkdir -p .cache/live
	$(CC) -g -O1 -fno-builtin -fno-optimize-sibling-calls -pthread -o $@ $<

.cache/live/nginx-answers: Tests/Programs/nginx-answers.sh
	install -D -m 0755 $< $@

nginx:
	Scripts/nginx.sh >/dev/null
	Scripts/nginx.sh trixie >/dev/null

demo: setup build
	Scripts/demo.sh

# By the build that operators get: the debug build takes three times as long there, more than a release build does.
vm-test: export TAPRECIPE ?= $(CURDIR)/.build/release/taprecipe
vm-test:
	$(build_release) --product taprecipe
	Tests/VM/run.sh
	SCRIPTS=60 Tests/Conformance/run.sh

# Builds what 'make install' does, in minutes.
release-test: build nginx
	Tests/Release/run.sh

conformance: build
	Tests/Conformance/run.sh

both-engines: build
	Tests/BothEngines/run.sh

ansible-test: build live
	Tests/Ansible/run.sh

parity: build
	Scripts/parity
	Scripts/parity-verdicts

# As 'make install' builds it.
bench: nginx
	$(build_release) --product taprecipe
	Benchmarks/bench $(or $(ROUNDS),7)
	Benchmarks/bench-unwind
	Benchmarks/bench-report
	Benchmarks/bench-engine $(or $(ROUNDS),7)

golden:
	GOLDEN=1 swift test

optimized: live
	$(build_release) --product taprecipe
	$(build_release) --product taprecipe-store

install: optimized
	$(MAKE) -s install-files

# The files of what is built in BUILD.
install-files:
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/libexec/taprecipe/live" \
	    "$(DESTDIR)$(PREFIX)/share/taprecipe/recipes"
	install -m 0755 $(BUILD)/taprecipe "$(DESTDIR)$(PREFIX)/bin/taprecipe"
	install -m 0755 $(BUILD)/taprecipe-store "$(DESTDIR)$(PREFIX)/libexec/taprecipe/taprecipe-store"
	install -m 0755 .cache/live/* "$(DESTDIR)$(PREFIX)/libexec/taprecipe/live/"
	install -m 0644 recipes/*.yaml recipes/*.stp recipes/recipe.schema.json recipes/runbook.schema.json \
	    "$(DESTDIR)$(PREFIX)/share/taprecipe/recipes/"
	install -m 0644 docs/summary.schema.json docs/batch.schema.json docs/follow.schema.json "$(DESTDIR)$(PREFIX)/share/taprecipe/"
	install -d "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" \
	    "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	$(BUILD)/taprecipe --generate-completion-script bash \
	    >"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/taprecipe"
	$(BUILD)/taprecipe --generate-completion-script zsh \
	    >"$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_taprecipe"
	$(BUILD)/taprecipe --generate-completion-script fish \
	    >"$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/taprecipe.fish"

# What the role taprecipe.taprecipe.install brings to hosts.
archive: optimized
	Scripts/archive.sh $(BUILD) "$(ARCHIVE)"

clean:
	rm -rf .build .cache
