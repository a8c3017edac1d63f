# Bawn. `make run` and `make check` are each the only command needed on a fresh Debian 12 machine.
.PHONY: help run check conformance bench soak eval fuzz format install uninstall clean build setup docs coverage lint deb faults
.DEFAULT_GOAL := help
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## install what is missing to build, run and test
	@packaging/setup packaging/debian-packages.txt

build: setup
	@mkdir -p build
	@cmake --preset release >build/release.log 2>&1 || { cat build/release.log; exit 1; }
	@cmake --build --preset release -j $(JOBS)

run: build ## the gateway in front of a stand-in model, on 127.0.0.1
	@packaging/run

check: setup ## every test
	@packaging/check

bench: build ## how fast, beside nginx and HAProxy (PEERS=all: beside more)
	@packaging/setup packaging/bench-packages.txt
	@bench/run

soak: build ## a million requests, a thousand reloads, a million cuttings (hours)
	@bench/soak

faults: setup ## inject faults, about half an hour: make faults [FAULT=F07]
	@packaging/faults $(FAULT)

eval: build ## how well the guards detect: make eval DATA=FOLDER
	@eval/run "$(DATA)"

fuzz: setup ## every fuzz target for 60 s (SECONDS_EACH=60)
	@packaging/fuzz $(or $(SECONDS_EACH),60)

conformance: build ## suites of others against Bawn: docs/conformance.md (SUITE_DIR=FOLDER: those that no package has)
	@tests/conformance/environment
	@SUITE_DIR="$(SUITE_DIR)" build/venv/bin/python tests/conformance/run $(SUITES)

coverage: setup ## lines and branches that unit tests reach, room by room
	@packaging/coverage

lint: setup ## clang-tidy over what changed (.clang-tidy)
	@mkdir -p build
	@cmake --preset dev -DBAWN_TESTS=ON >build/lint.log 2>&1 || { cat build/lint.log; exit 1; }
	@cmake --build --preset dev -j $(JOBS) --target lint

format: ## clang-format over C files that you changed (FILES=... over others)
	@command -v clang-format >/dev/null || { echo "format: found no clang-format; install it: apt-get install clang-format" >&2; exit 1; }
	@for f in $(or $(FILES),$$(git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h' ':!connectors/nginx')); do clang-format -i "$$f" && echo "$$f"; done

install: build ## into DESTDIR and PREFIX
	@DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX)

uninstall: ## takes away what install copied (DESTDIR as then)
	@DESTDIR=$(DESTDIR) packaging/uninstall

deb: setup ## Debian packages of the committed tree, in build/deb, tested (BAWN_SIGN_KEY=FILE signs them)
	@packaging/setup packaging/deb-packages.txt
	@packaging/deb

docs: build ## writes the pages that come from the program's tables anew
	@cmake --build --preset release --target docs

clean: ## forget what was built
	@rm -rf build
