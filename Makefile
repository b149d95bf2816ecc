# Everything here makes its own environment in .venv and reuses it; Python 3.11 or newer and make are all it takes.
#
#   make tour     see wirekit fetch from its own server and from others'
#   make test     run the tests, and hold each _wire module to full coverage by its own test file
#   make check    format, lint, types, layers, twins, documentation
#   make parity   run CPython's own tests on ours, on every Python at hand
#   make programs run the tests of programs from PyPI without wirekit and with it (in an environment of its own)
#   make stubs    compare with typeshed's stubs of the standard library's modules
#   make twins    write the blocking twins anew from the async sources, and the security page from the tests
#   make bench    measure against the peers (in an environment of its own) and write docs/benchmarks.md
#   make docs     build the documentation
#   make explore  run the tests that try random examples with others than `make test`, and more of them
#   make fuzz     run every fuzz target for FUZZ_SECONDS
#   make clean    remove what these made
#
# PYTHON=/path/to/python3 names the interpreter, VENV=directory the environment, PYTEST="-k name" and
# BENCH="--quick" more for pytest and the benchmark.

PYTHON =
VENV = .venv
PYTEST =
PARITY =
PROGRAMS =
BENCH =
FUZZ_SECONDS = 60

BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
EXTRAS = cli,http2,brotli,zstd,speed,dkim,certificates,lab

.PHONY: tour test unit explore check parity parity-one twins bench docs fuzz clean

tour: $(VENV)/.made
	@$(BIN)/wirekit tour

test: unit
	$(BIN)/python tools/wire_coverage.py

# The tests alone, without the coverage of each _wire module, which one Python is enough for.
unit: $(VENV)/.made
	$(BIN)/python -m pytest -n auto --maxprocesses 4 $(PYTEST)

explore: $(VENV)/.made
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --timeout 600 --hypothesis-profile explore tests/properties $(PYTEST)

check: $(VENV)/.made
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/unasync.py --check
	$(BIN)/python tools/security_table.py --check
	@$(MAKE) docs

# Each Python has an environment of its own; PARITY names files of tests (test_ftplib ...), all without.
parity:
	@for python in $$(sh tools/find_python.sh all); do \
	    version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	    $(MAKE) --no-print-directory parity-one PYTHON="$$python" VENV=".venv-$$version" || exit 1; \
	done

parity-one: $(VENV)/.made
	@$(BIN)/python tools/parity.py $(PARITY)

programs: $(VENV)/.made
	$(BIN)/python tools/programs.py $(PROGRAMS)

stubs: $(VENV)/.made
	$(BIN)/python tools/stubs.py

twins: $(VENV)/.made
	$(BIN)/python tools/unasync.py
	$(BIN)/python tools/security_table.py

bench:
	PYTHON="$(PYTHON)" bench/run.sh $(BENCH)

docs: $(VENV)/.made-docs
	$(BIN)/sphinx-build -q -n -W --keep-going -b html docs docs/_build/html

fuzz: $(VENV)/.made-fuzz
	@for target in tests/fuzz/target_*.py; do \
	    echo "== $$target, $(FUZZ_SECONDS) s"; \
	    $(BIN)/python "$$target" --require -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 \
	        -verbosity=0 -print_final_stats=1 -artifact_prefix=tests/fuzz/ || exit 1; \
	done

clean:
	rm -rf $(VENV) .venv-programs docs/_build build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find src tests tools docs -name __pycache__ -prune -exec rm -rf {} +

# An environment is made anew when its interpreter is gone, brought up to date when the project file changed, and left
# alone otherwise. `--group` came with pip 25.1: an older one, as Python brings along, is replaced first.
$(VENV)/.made: pyproject.toml
	@if ! $(BIN)/python -c '' 2>/dev/null; then \
	    python="$(PYTHON)"; \
	    [ -n "$$python" ] || python=$$(sh tools/find_python.sh) || exit 1; \
	    echo "making $(VENV) with $$python"; \
	    "$$python" -m venv --clear $(VENV); \
	fi
	$(PIP) install -qq --upgrade 'pip>=25.1'
	$(PIP) install -qq --editable '.[$(EXTRAS)]' --group dev
	@touch $@

$(VENV)/.made-docs: $(VENV)/.made
	$(PIP) install -qq --group docs
	@touch $@

$(VENV)/.made-fuzz: $(VENV)/.made
	$(PIP) install -qq --group fuzz
	@touch $@
