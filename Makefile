# Thin over CMakePresets.json; `make` alone lists the targets. A build is in build/<preset>.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
JOBS ?= $(shell nproc)
CTEST := ctest --parallel $(JOBS) --output-on-failure --no-tests=error
# Two checkouts of the same sources share their compilations.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export ASAN_OPTIONS := detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS := print_stacktrace=1
export TSAN_OPTIONS := halt_on_error=1:second_deadlock_stack=1
# ThreadSanitizer does not know the address layout of the newest kernels unless it is fixed.
FIXED_LAYOUT := $(shell setarch -R true 2>/dev/null && echo setarch -R)

.PHONY: help setup build run test unit matrix sdk examples asan tsan fuzz lint format format-check bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install the missing Debian packages and the SDKs of the tests
	@.ci/setup

build: setup ## build/release/penstock and the tests
	@cmake --preset release >/dev/null
	@cmake --build --preset release

run: setup ## build and start both APIs; flags in ARGS="--proxy-listen 127.0.0.1:9000"
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target penstock
	@exec build/release/penstock serve --greet $(ARGS)

test: build ## all tests: unit, integration, SDKs, examples
	@$(CTEST) --test-dir build/release

unit: build ## the unit tests
	@$(CTEST) --test-dir build/release -R '^unit/'

matrix: setup ## every client API before every provider's dialect, case by case, as a table
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target test_matrix
	@cd build/release && tests/test_matrix 2>matrix.log

sdk: build ## the official SDKs against the real binary
	@$(CTEST) --test-dir build/release -R '^sdk'

examples: build ## every examples/*/run.sh
	@$(CTEST) --test-dir build/release -R '^example/'

# The sanitizers run what runs our code in the test's process or beside it; not other languages.
asan: setup ## unit and integration tests under AddressSanitizer and UBSan
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan
	@$(CTEST) --test-dir build/asan -E '^(sdk|example)/'

tsan: setup ## unit and integration tests under ThreadSanitizer
	@cmake --preset tsan >/dev/null
	@$(FIXED_LAYOUT) cmake --build --preset tsan
	@$(FIXED_LAYOUT) $(CTEST) --test-dir build/tsan -E '^(sdk|example)/'

# JOBS at once; ARGS="sse json" names some. New finds are kept in build/fuzz.
fuzz: ## fuzz every decoder with libFuzzer, FUZZ_SECONDS=60 each
	@.ci/setup fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz
	@tests/fuzz/run.sh build/fuzz/tests/fuzz/fuzz $(ARGS)

SOURCES = $(shell find lib cmd tests -name node_modules -prune -o -name '*.[ch]pp' -print -o -name '*.h' -print)

# With the Node.js that the SDKs' tests brought: Debian 12's is too old for it.
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
  tests/sdk/node_modules/.bin/node tests/lint/node_modules/.bin/redocly

lint: build ## layers, mirror, sizes, docs, credentials, OpenAPI documents, format, clang-tidy
	@.ci/setup lint
	@failed=0; \
	for check in layers mirror sizes docs credentials; do python3 tests/lint/$$check.py || failed=1; done; \
	$(REDOCLY) lint --config tests/lint/redocly.yaml schema/openapi/*.yaml || failed=1; \
	$(MAKE) format-check || failed=1; \
	python3 tests/lint/tidy.py build/release || failed=1; \
	exit $$failed

format: ## format all C++ in place
	@.ci/setup lint
	@clang-format -i $(SOURCES)

format-check: ## fail where `make format` would change something
	@.ci/setup lint
	@clang-format --dry-run --Werror $(SOURCES) && echo "format: clean"

bench: build ## measure against nginx; ARGS=--update writes tests/bench/RESULTS.md
	@.ci/setup bench
	@python3 tests/bench/bench.py $(ARGS)

clean: ## remove all builds
	@rm -rf build
