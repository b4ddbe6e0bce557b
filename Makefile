# What CI runs is what you run. `make help` lists the targets.
VENV    ?= .venv
PYTHON  ?= python3
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes \
    --no-header --no-annotate --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help setup check format test wheel demo run bench docs lock

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV); the first time takes about a minute"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install -qq --require-hashes -r requirements-dev.lock
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.ready ## Make the virtual environment and install everything into it

check: setup ## Format, lint, layers, types: the quick gate before a commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

format: setup ## Write the format and the safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup ## Run every test (real Valkey, bundled)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

wheel: setup ## Build the wheel and test it in an environment of its own
	PYTHON=$(PYTHON) BIN=$(BIN) contrib/test-wheel

demo: setup ## Start everything on this machine and show traffic flowing, until Ctrl-C
	$(BIN)/relevo demo

run: setup ## Run the daemon on its embedded Valkey
	$(BIN)/relevo run

bench: setup ## Measure beside references (BENCH=--quick: fewer rounds; BENCH=outbound: one of them)
	$(BIN)/python bench/run $(BENCH)

docs: setup ## Write the reference pages from the code
	$(BIN)/relevo docs

lock: ## Pin what pyproject.toml asks for, with hashes (UPGRADE=--upgrade: newest versions)
	$(COMPILE) $(UPGRADE) pyproject.toml -o requirements.lock
	$(COMPILE) -c requirements.lock --group dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) -c requirements.lock --group bench pyproject.toml -o requirements-bench.lock
