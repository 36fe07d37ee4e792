# Everything a developer or a newcomer does here. `make help` explains each.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PYTEST := $(BIN)/python -m pytest
# Tests start hundreds of processes, each of which would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all soak check format bench docs lock audit clean

help: ## say what there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: $(READY) ## make .venv with the command `kwartier`, from the pinned requirements

# pip checks every hash; the project itself is installed as it stands, without looking anything up.
$(READY): requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned requirements into .venv (once; about a minute) …"
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

demo: $(READY) ## play an integrator's and an operator's main jobs; KEEP=1 leaves the platform running
	@$(BIN)/kwartier demo $(if $(filter 1 yes true,$(KEEP)),--keep)

test: $(READY) ## the suite (under five minutes)
	@$(PYTEST) --numprocesses 2 --dist worksteal $(COVER)

test-all: $(READY) ## what is slower than `make test`, and only that (needs Chromium)
	@$(PYTEST) --numprocesses 2 --dist worksteal -m slow
	@$(PYTEST) --numprocesses 2 -m "(hypothesis or second_engine) and not slow" --hypothesis-profile thorough
	@$(PYTEST) --numprocesses 2 --engine postgresql tests/api tests/services tests/cli tests/path

soak: $(READY) ## kill imports hundreds of times; KILLS=N so often on each engine
	@KWARTIER_TEST_KILLS=$(or $(KILLS),300) $(PYTEST) -m slow tests/slow/test_import_kill.py -s

check: $(READY) ## format, lint, types, arrows between rooms
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(READY) ## put the code in its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY) ## measure against the budgets, side by side, as ratios; LONG=1 adds memory over minutes
	@$(BIN)/python -m benchmarks $(if $(filter 1 yes true,$(LONG)),--long)

docs: $(READY) ## write the generated pages and pictures of docs/ anew
	@$(BIN)/python -m tools.docs

lock: $(READY) ## resolve the requirements anew (names, versions and hashes only)
	@$(BIN)/uv pip compile pyproject.toml --quiet --all-extras --group dev --universal --generate-hashes \
		--no-emit-index-url --no-strip-extras --python-version 3.11 --custom-compile-command 'make lock' -o requirements/dev.txt

# Not part of CI: it needs the internet. Strict, because what could not be looked up is passed over in silence otherwise.
audit: $(READY) ## look for known faults in the pinned requirements (asks the internet)
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off --requirement requirements/dev.txt

clean: ## remove what can be made again
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* dist build

# Measuring coverage takes a quarter of the time more: it is for machines. Commands and processes are in `make test-all`.
COVERAGE := 90
COVER := $(if $(CI),--cov --cov-report=term --cov-fail-under=$(COVERAGE))
