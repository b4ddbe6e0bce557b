# What CI runs is what you run. `make help` lists the targets.
VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup check format test wheel demo run bench docs lock

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
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

bench: setup ## Measure the inbound path beside its references
	$(PYTHON) bench/run

docs: setup ## Write the reference pages from the code
	$(BIN)/relevo docs docs/reference etc

lock: ## Pin every dependency again, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev pyproject.toml -o requirements-dev.lock
