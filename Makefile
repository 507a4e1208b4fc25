# Each target makes its own virtual environment the first time: `make demo`, `make test`, `make lint`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# How much of the slow sweeps `make test` runs: test (a sample of each), ci, all.
SWEEP ?= test
PYTEST := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto

.PHONY: help demo test test-all lint bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "make %-9s %s\n", $$1, $$2 }'

demo: $(VENV)/.demo ## train a small CNN on handwritten digits and draw what it learned
	$(BIN)/python examples/digits.py

test: $(VENV)/.test ## run the tests; SWEEP=ci or SWEEP=all runs more of the slow sweeps
	$(PYTEST) --sweep $(SWEEP)

test-all: $(VENV)/.test ## run all tests, without a limit on time, and date it in tests/last_full_run.json
	$(PYTEST) --sweep all --record tests/last_full_run.json

lint: $(VENV)/.test ## check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.test ## time training steps and small operations
	$(BIN)/python -m benchmarks

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[examples,fast]'
	touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[test]'
	touch $@

clean: ## remove the virtual environment and all that builds and tests leave
	rm -rf $(VENV) out build dist *.egg-info
	rm -rf .pytest_cache .hypothesis .mypy_cache .ruff_cache .ipynb_checkpoints
	find . -path './.*' -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints -o -name '*.py[cod]' -o -name '*.nb[ic]' \) \
		-prune -exec rm -rf {} +
