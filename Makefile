# The only commands one has to know; `make help` lists them.

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CARGO ?= cargo
PYTHON ?= python3

VENV := $(CURDIR)/.venv
TEST_VENV := $(CURDIR)/.venv-test
BENCH_VENV := $(CURDIR)/.venv-bench
DEMO := $(CURDIR)/.demo
TARGET := $(CURDIR)/target
DEBUG := $(TARGET)/debug
RELEASE := $(TARGET)/release
LIBRARY := $(RELEASE)/libtiro.so
MODEL := $(DEMO)/models/ggml-tiny.en-q8_0.bin
AUDIO := $(DEMO)/audio/beckett.wav

export PATH := $(VENV)/bin:$(PATH)
export CARGO_TARGET_DIR := $(TARGET)
export TIRO_MODEL_DIR := $(DEMO)/models
export TIRO_TEST_AUDIO := $(DEMO)/audio
export TIRO_TEST_DOWNLOADS := $(DEMO)/downloads
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH

# One choice of packages and features for all tests: with another, most of what they stand on is built again.
CARGO_TEST := tests/cargo-test
PIP_FETCH := $(VENV)/bin/python -m pip download -q --no-deps --require-hashes -d $(DEMO)/downloads
RUST_SOURCES := $(shell find src include -type f) Cargo.toml Cargo.lock build.rs .cargo/config.toml
PYTHON_SOURCES := $(shell find python -type f -not -path '*/dist/*' -not -path '*_cache/*' -not -name '*.pyc')

.DEFAULT_GOAL := help
.PHONY: help demo library model audio wheel sandbox test test-full deps lint fuzz header bench bench-asr install clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(LIBRARY) $(MODEL) $(AUDIO) $(DEMO)/wheel ## build, then transcribe human speech from C and from Python
	$(CC) -std=c11 -Wall -Wextra examples/c/transcribe.c -Iinclude -L$(RELEASE) -ltiro -Wl,-rpath,$(RELEASE) -o $(DEMO)/transcribe
	@echo; echo "== C: transcribe two_cities.wav"
	$(DEMO)/transcribe $(DEMO)/audio/two_cities.wav
	@echo; echo "== Python: the same from the installed wheel"
	$(VENV)/bin/python examples/python/transcribe.py $(DEMO)/audio/two_cities.wav

$(VENV)/ready:
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install -q 'maturin>=1.16,<2' $$(command -v cmake >/dev/null || echo 'cmake>=3.24')
	@touch $@

library: $(LIBRARY) ## the shared and the static library, release build
$(LIBRARY): $(VENV)/ready $(RUST_SOURCES)
	$(CARGO) build --release --locked
	ln -sf libtiro.so $(RELEASE)/libtiro.so.0
	@touch $@

model: $(MODEL) ## the recogniser's model, fetched with pip, checked, converted, into .demo/models
ifneq ($(filter test,$(MAKECMDGOALS)),) # then the library is not built for use, and the module for the tests does it
INSTALL_MODEL := $(TEST_VENV)/bin/python -m tiro.install_model tiny.en --from $(DEMO)/downloads --model-dir $(DEMO)/models
$(MODEL): | $(TEST_VENV)/wheel
else
INSTALL_MODEL := $(DEMO)/install_model $(DEMO)/downloads tiny.en $(DEMO)/models
$(MODEL): | $(DEMO)/install_model
endif
$(DEMO)/install_model: examples/c/install_model.c | $(LIBRARY)
	@mkdir -p $(DEMO)
	$(CC) -std=c11 $< -Iinclude -L$(RELEASE) -ltiro -Wl,-rpath,$(RELEASE) -o $@

$(MODEL): examples/models.txt
	@mkdir -p $(DEMO)/downloads $(DEMO)/models
	$(PIP_FETCH) -r examples/models.txt
	$(INSTALL_MODEL)
	@touch $@

audio: $(AUDIO)
$(AUDIO): examples/audio.txt | $(VENV)/ready
	@mkdir -p $(DEMO)/downloads $(DEMO)/audio
	$(PIP_FETCH) --platform manylinux_2_34_x86_64 --only-binary=:all: -r examples/audio.txt
	cd $(DEMO)/audio && $(VENV)/bin/python -c "import glob, zipfile; wheel = zipfile.ZipFile(glob.glob('$(DEMO)/downloads/moonshine_voice-*.whl')[0]); \
	  [open(name, 'wb').write(wheel.read('moonshine_voice/assets/' + name)) for name in ('two_cities.wav', 'beckett.wav')]"
	@touch $@

wheel: $(DEMO)/wheel ## the Python module, built and installed into .venv
$(DEMO)/wheel: $(VENV)/ready $(RUST_SOURCES) $(PYTHON_SOURCES)
	@mkdir -p $(DEMO)
	rm -f python/dist/*.whl
	maturin build -q --release --locked -m python/Cargo.toml -o python/dist
	$(VENV)/bin/python -m pip install -q --force-reinstall --no-index --no-deps python/dist/*.whl
	@touch $@

$(TEST_VENV)/ready: python/requirements-test.txt
	$(PYTHON) -m venv $(TEST_VENV)
	$(TEST_VENV)/bin/python -m pip install -q -r python/requirements-test.txt
	@touch $@

# The module as the tests have it: built without optimisation, beside what `cargo test` builds.
$(TEST_VENV)/wheel: $(VENV)/ready $(TEST_VENV)/ready $(RUST_SOURCES) $(PYTHON_SOURCES)
	rm -rf $(TEST_VENV)/dist
	maturin build -q --locked -m python/Cargo.toml -o $(TEST_VENV)/dist
	$(TEST_VENV)/bin/python -m pip install -q --force-reinstall --no-index --no-deps $(TEST_VENV)/dist/*.whl
	@# The module has no C ABI, and its build may have put its kind of libtiro.so where the tests of the ABI look for theirs.
	@grep -qs tiro_op_free $(DEBUG)/deps/libtiro.so || rm -f $(DEBUG)/deps/libtiro.so
	@touch $@

test lint test-full: export PATH := $(TEST_VENV)/bin:$(PATH)

test: $(TEST_VENV)/wheel $(MODEL) $(AUDIO) ## everything but the slow tests; at most 15 minutes
	$(CARGO_TEST)
	TIRO_SANDBOX=$(DEBUG)/tiro-sandbox python -m pytest -q python/tests

sandbox: $(VENV)/ready ## a server on this machine that speaks the vendors' wires, until Ctrl-C (docs/sandbox.md)
	$(CARGO) run --release --locked -p tiro-sandbox

deps: ## what test-full and bench-asr need beyond test (apt)
	@if [ "$$CI" != true ]; then printf 'install Debian packages with apt-get? [y/N] '; read answer; [ "$$answer" = y ]; fi
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends $$(sed 's/#.*//' tests/full/packages.txt benches/asr/packages.txt) \
	  $$(command -v npm >/dev/null || echo nodejs npm) # others' Node.js brings its npm, and Debian's does not go with it

test-full: $(LIBRARY) $(MODEL) $(AUDIO) $(TEST_VENV)/wheel $(BENCH_VENV)/wheel ## the slow tests: recognition, killed processes, valgrind, sanitizers
	tests/full/run

lint: $(TEST_VENV)/wheel ## formats, lints, types, generated files
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) clippy --locked --no-default-features --features capi -- -D warnings
	$(CARGO_TEST) -q --test header --test docs
	ruff check python && ruff check --config python/pyproject.toml examples benches tests/conformance tests/full tests/support
	ruff format --check python && ruff format --check --config python/pyproject.toml examples benches tests/conformance tests/full tests/support
	mypy --strict -p tiro && mypy --strict examples/python && python -m mypy.stubtest tiro

SECONDS ?= 600
FUZZ_TARGETS := $(notdir $(wildcard tests/fuzz/corpus/*))
fuzz: ## every reader of documents, each for SECONDS (nightly Rust, cargo-fuzz); what is found goes to .demo/fuzz
	@set -e; for target in $(FUZZ_TARGETS); do \
	  echo "== $$target"; mkdir -p $(DEMO)/fuzz/$$target; \
	  TIRO_FUZZ_TARGET=$$target $(CARGO) +nightly fuzz run --fuzz-dir tests/fuzz --target-dir $(TARGET)/fuzz document $(DEMO)/fuzz/$$target tests/fuzz/corpus/$$target \
	    -- -max_total_time=$(SECONDS) -max_len=4096 -timeout=10 -dict=tests/fuzz/documents.dict -print_final_stats=1; \
	done

header: $(VENV)/ready ## write include/tiro.h and the pages that are generated from tables
	UPDATE=1 $(CARGO_TEST) -q --test header --test docs || true
	$(CARGO_TEST) -q --test header --test docs

$(VENV)/bench-tools: $(VENV)/ready benches/requirements.txt
	$(VENV)/bin/python -m pip install -q -r benches/requirements.txt
	@touch $@

bench: $(LIBRARY) $(MODEL) $(AUDIO) $(DEMO)/wheel $(VENV)/bench-tools ## measurements, side by side with their peers
	python benches/run.py

$(BENCH_VENV)/ready: benches/asr/requirements.txt
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install -q -r benches/asr/requirements.txt
	@touch $@

$(BENCH_VENV)/wheel: $(BENCH_VENV)/ready $(DEMO)/wheel
	$(BENCH_VENV)/bin/python -m pip install -q --force-reinstall --no-index --no-deps python/dist/*.whl
	@touch $@

WHAT ?= all
bench-asr: $(MODEL) $(AUDIO) $(BENCH_VENV)/wheel ## recognition beside its peers: errors, speed, memory (WHAT=wer, QUICK=1)
	$(BENCH_VENV)/bin/python benches/asr/run.py $(WHAT)

install: $(LIBRARY) ## library with its SONAME link, headers, pkg-config file, CMake package into PREFIX (and DESTDIR)
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/lib/cmake/tiro $(DESTDIR)$(PREFIX)/include/tiro
	install -m 755 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib/libtiro.so.$(VERSION)
	ln -sf libtiro.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libtiro.so.0
	ln -sf libtiro.so.0 $(DESTDIR)$(PREFIX)/lib/libtiro.so
	install -m 644 include/tiro.h include/tiro.hpp $(DESTDIR)$(PREFIX)/include
	install -m 644 include/tiro/*.hpp $(DESTDIR)$(PREFIX)/include/tiro
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' bindings/pkgconfig/tiro.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/tiro.pc
	for file in tiro-config tiro-config-version; do \
	  sed 's|@VERSION@|$(VERSION)|' bindings/cmake/$$file.cmake.in > $(DESTDIR)$(PREFIX)/lib/cmake/tiro/$$file.cmake || exit 1; \
	done

clean: ## remove everything that was built or fetched
	$(CARGO) clean
	rm -rf $(VENV) $(BENCH_VENV) $(DEMO) python/dist
