# Every target does the set-up it needs and does nothing twice. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
CPP := $(shell git ls-files -co --exclude-standard '*.cc' '*.h' 2>/dev/null)
JOBS := $(shell nproc)
PEERS := numexpr,numba,jax,torch
LIBRARIES := scipy.cluster scipy.linalg scipy.ndimage scipy.signal

## help: this list
help:
	@sed -n 's/^## /  make /p' Makefile

## setup: Debian packages, .venv, and the build with assertions
setup: build-dev

## demo: real data through decorated functions; pictures in build/demo
demo: build-release .venv/.demo
	@PYTHONPATH=build/release/python $(PYTHON) examples/demo.py --out build/demo

## test: all tests, C++ and Python
test: build-dev
	@ctest --test-dir build --output-on-failure -j$(JOBS)
	@PYTHONPATH=build/python $(PYTHON) -m pytest -n $(JOBS)

## instructions: instructions per element of some kernels, and how they differ from the counts kept (WRITE=1: keeps them)
instructions: build-dev
	@build/bin/instructions $(if $(WRITE),--write) tests/instructions

## fuzz: random programs, plain and compiled, for SECONDS=60 (from START=..., SEEDS=... at most), or those of one SEED=...
fuzz: build-dev
	@PYTHONPATH=build/python:tests:tests/python $(PYTHON) -m fuzz --seconds $(or $(SECONDS),60) \
	  $(if $(SEED),--seed $(SEED)) $(if $(START),--start $(START)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FAMILY),--family $(FAMILY))

## numpy-tests: NumPy's own test files through compiled functions, next to plain NumPy
numpy-tests: build-dev
	@PYTHONPATH=build/python $(PYTHON) tests/numpy_tests $(FILES)

## libraries: the tests of other libraries with their functions compiled (LIBRARIES=scipy.signal ONLY=firwin)
libraries: build-dev .venv-libraries/.installed
	@failed=0; for library in $(LIBRARIES); do echo "== $$library"; \
	  COMPILED=$$library BRAZE_REGULATE=off OPENBLAS_NUM_THREADS=1 PYTHONPATH=build/python:tests/libraries \
	  .venv-libraries/bin/python -m pytest -q -n $(JOBS) --timeout 600 -p compiled_library -p no:cacheprovider \
	  -c /dev/null --disable-warnings --rootdir=build $(if $(ONLY),-k "$(ONLY)") --pyargs $$library || failed=1; \
	done; exit $$failed

## bench: the workloads against NumPy and its rivals (PEERS=...); results in build/bench
bench: build-release .venv-bench/.installed
	@mkdir -p build/bench
	@PYTHONPATH=build/release/python .venv-bench/bin/python -m braze bench \
	  --peers $(PEERS) --json build/bench/results.json --plot build/bench/results.png \
	  --peak --roofline build/bench/roofline.png

## functions: mathematical functions, one by one, against NumPy and its rivals; results in build/bench
functions: build-release .venv-bench/.installed
	@mkdir -p build/bench
	@PYTHONPATH=build/release/python .venv-bench/bin/python -m braze bench --functions \
	  --threads 1 --seconds 1 --peers $(PEERS) --json build/bench/functions.json

## sweep: every op alone against NumPy, by dtype, size and layout; results in build/bench
sweep: build-release .venv-bench/.installed
	@mkdir -p build/bench
	@PYTHONPATH=build/release/python .venv-bench/bin/python -m braze sweep \
	  --json build/bench/sweep.json --plot build/bench/sweep.png

## soak: a million calls of mixed functions and shapes; fails if memory or threads grow
soak: build-release
	@BRAZE_CACHE=off PYTHONPATH=build/release/python $(PYTHON) tools/soak.py

## bench-readme: the figures of the last `make bench functions` into README.md and docs/bench.md
bench-readme:
	@PYTHONPATH=build/release/python .venv-bench/bin/python tools/bench_readme.py \
	  build/bench/results.json $(wildcard build/bench/functions.json)

## targets: what braze has set itself, measured; docs/performance.md (after `make bench`)
targets: build-release
	@PYTHONPATH=build/release/python $(PYTHON) tools/targets.py $(wildcard build/bench/results.json)

## lint: layering, sizes and formatting
lint: .venv/.installed
	@$(PYTHON) tools/lint.py
	@.venv/bin/clang-format --dry-run -Werror $(CPP)
	@$(PYTHON) -m ruff check -q
	@$(PYTHON) -m ruff format -q --check
	@echo "lint: clean"

## format: rewrite C++ and Python in the house style
format: .venv/.installed
	@.venv/bin/clang-format -i $(CPP)
	@$(PYTHON) -m ruff check -q --fix || true
	@$(PYTHON) -m ruff format -q

## asan: C++ and Python tests under the address and undefined-behaviour sanitizers
asan: .packages .venv/.installed
	@cmake --preset asan -DPython_EXECUTABLE=$(CURDIR)/$(PYTHON) >build/asan.log || { cat build/asan.log; exit 1; }
	@cmake --build build/asan --target braze_tests _core
	@ctest --test-dir build/asan --output-on-failure -j$(JOBS)
	@ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$$(clang-22 -print-file-name=libclang_rt.asan-x86_64.so) \
	  PYTHONPATH=build/asan/python $(PYTHON) -m pytest -p no:cacheprovider

## tidy: clang-tidy on all C++, or on the files that differ from a commit: make tidy SINCE=main
tidy: build/build.ninja
	@tools/setup.sh packages clang-tidy-22
	@$(if $(SINCE),git diff --name-only --diff-filter=d $(SINCE) --,git ls-files) '*.cc' | \
	  xargs -r -P$(JOBS) -n1 clang-tidy-22 -p build --quiet
	@echo "tidy: clean"

## clean: drop build and dist, keep the virtual environments
clean:
	rm -rf build dist

build-dev: build/build.ninja
	@cmake --build build

build-release: build/release/build.ninja
	@cmake --build build/release --target _core

build/build.ninja: CMakePresets.json | .packages .venv/.installed
	@cmake --preset dev -DBRAZE_PYTHON=ON -DPython_EXECUTABLE=$(CURDIR)/$(PYTHON)

build/release/build.ninja: CMakePresets.json | .packages .venv/.installed
	@cmake --preset release -DBRAZE_PYTHON=ON -DPython_EXECUTABLE=$(CURDIR)/$(PYTHON)

# Looks at the machine every time (a few milliseconds), since a stamp would outlive a removed package.
.packages:
	@tools/setup.sh packages
	@mkdir -p build

.venv/.installed: requirements-dev.txt | .packages
	@tools/setup.sh venv .venv requirements-dev.txt
	@touch $@

.venv/.demo: requirements-demo.txt .venv/.installed
	@tools/setup.sh venv .venv requirements-demo.txt
	@touch $@

.venv-libraries/.installed: requirements-dev.txt requirements-libraries.txt | .packages
	@tools/setup.sh venv .venv-libraries requirements-dev.txt
	@tools/setup.sh venv .venv-libraries requirements-libraries.txt
	@touch $@

.venv-bench/.installed: requirements-dev.txt requirements-bench.txt | .packages
	@tools/setup.sh venv .venv-bench requirements-dev.txt
	@tools/setup.sh venv .venv-bench requirements-bench.txt each
	@touch $@

.PHONY: help setup demo test instructions fuzz numpy-tests libraries bench sweep soak bench-readme targets lint format asan tidy clean \
  build-dev build-release .packages
