# SPDX-License-Identifier: Apache-2.0
# The front door: one command each, the same on a laptop and in CI. The work is done in tools/.
# A comment behind a target's name is its line in `make`.

JOBS ?= $(shell nproc)
export JOBS
MAKEFLAGS += --no-print-directory

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; \
	  do printf '  make %-16s %s\n' "$$name" "$$text"; done

up: ## from a bare Debian to a running stack: install, build, start, print the addresses
	@tools/setup up
	@tools/build release orrery orrery-demo-client orrery-demo-server orrery-demo-llm
	@tools/stack up

stop: ## stop the stack
	@tools/stack stop

ps: ## show what runs, since when, how healthy, and its memory
	@tools/stack ps

logs: ## follow the logs of the stack
	@tools/stack logs

test: ## from a bare Debian to all tests passed: units, corpora, end to end, browser
	@tools/setup test
	@tools/build release --tests
	@tools/run_tests release

build: ## release build; executables in build/release/bin/
	@tools/setup up
	@tools/build release

check: ## formatting, layers, style, documents, static analysis (clang 19)
	@tools/setup check
	@tools/check

asan: ## unit tests and corpora under the address and undefined behaviour sanitizers
	@tools/setup test
	@tools/build asan --tests
	@tools/run_tests asan

tsan: ## unit tests and corpora under the thread sanitizer
	@tools/setup test
	@tools/build tsan --tests
	@tools/run_tests tsan

corpus: ## the corpora alone; REWRITE=1 writes what came out in place of what was expected
	@tools/setup test
	@tools/build release --tests
	@tools/corpus release

bench: ## benchmarks, with a table at the end
	@tools/setup bench
	@tools/build release
	@bench/run
	@if [ -n "$(BENCH_SCALE)" ]; then bench/run --scale; fi
	@bench/page

fuzz: ## fuzz targets: F=name (default: all), T=seconds each (default: 60)
	@tools/setup fuzz
	@tools/fuzz --seconds "$(or $(T),60)" $(F)

interop: ## clients and servers that others wrote, fetched from the package registries
	@tools/setup interop
	@tools/build release
	@tests/interop/run

demo-regression: ## a slower tokenizer goes live in the mock LLM (needs the profiles)
	@tools/demo_regression

setup: ## install every package that any target needs
	@tools/setup all

docs: ## write the generated references again; check that files named in documents exist
	@tools/docs

clean: ## remove the build folder; data/ stays
	rm -rf build

.PHONY: help up stop ps logs test build check asan tsan corpus bench fuzz interop demo-regression \
  setup docs clean
