# A usable Python: the one of the image first, else another that the pins are for. Programs that
# exist but cannot run (shims of version managers) are passed over.
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3.14 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
		2>/dev/null && echo $$p && exit; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# uv installs faster, but does not read pip's settings: where it fails, and with `make UV=`, pip does.
UV ?= $(shell command -v uv)
INSTALL = install() { \
	$(if $(UV),$(ALONE) $(UV) pip install --quiet --python $(BIN)/python -c constraints.txt "$$@" ||) \
	$(ALONE) $(PIP) install -c constraints.txt "$$@"; }; install
PYTEST = $(BIN)/python -m pytest
REPORTS := build/test-reports
# How many test processes: one for each core, four at most; LANES=3 says otherwise.
LANES ?= logical
SIDE_BY_SIDE = -n $(LANES) --maxprocesses=4 -m 'not serial' --durations=40
INPUTS := setup.cfg pyproject.toml constraints.txt $(wildcard platform/agelens/version.py)
# Two terminals may install at the same time; then the second waits.
ALONE := $(if $(shell command -v flock),flock .make.lock)

.NOTPARALLEL:
.PHONY: help up test test-quick test-coverage test-mutation test-faults check bench lab docs screenshots translations constraints audit guard clean

help:
	@echo 'make up      run AgeLens here: web app, API, workers, scheduler, PostgreSQL, Redis (Ctrl-C stops)'
	@echo 'make test    run the tests, on throw-away servers of their own'
	@echo 'make test-quick  those that need neither browser nor running service: unit and architecture, without the slow ones'
	@echo 'make test-coverage  the same, and which lines and branches they run, into $(REPORTS)/coverage.xml'
	@echo 'make test-mutation  whether the tests notice small mistakes in the ledger, billing, attribution and units'
	@echo 'make test-faults  kills, freezes, full disks, false clocks and more under load, with three seeds, and what became of it'
	@echo 'make check   formatting, lint, types, contracts between layers'
	@echo 'make bench   measure (BENCH="--only clocks --record": one part, kept in benchmarks/history.jsonl)'
	@echo 'make lab     open the notebooks in JupyterLab, connected to what make up started'
	@echo 'make docs    build the documentation into docs/_build/html'
	@echo 'make screenshots  take the pictures of the README anew (needs chromium)'
	@echo 'make translations  collect the texts and bring the catalogues of the languages up to date'
	@echo 'make constraints  write constraints.txt and the lock files anew (UPGRADE=--upgrade: newest versions)'
	@echo 'make audit   which pinned versions are outdated or vulnerable, and the licence of each'
	@echo 'make clean   remove the virtual environment and build leftovers, not the data'

$(VENV)/.made:
	@test -n '$(PYTHON)' || { echo 'AgeLens needs Python 3.11, 3.12, 3.13 or 3.14 with the venv module (on Debian: apt install python3-venv). Name one with: make PYTHON=/path/to/python3.12' >&2; exit 1; }
	@$(ALONE) $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made $(INPUTS)
	@echo 'Installing AgeLens into $(VENV): about a minute, the first time only'
	@$(INSTALL) setuptools
	@$(INSTALL) --no-build-isolation -e '.[server,embedded,retrain,web]'
	@touch $@

$(VENV)/.lab: $(VENV)/.run
	@echo 'Installing JupyterLab'
	@$(INSTALL) --no-build-isolation -e '.[lab]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo 'Installing what the tests need'
	@$(INSTALL) --no-build-isolation -e '.[test]'
	@touch $@

$(VENV)/.audit: $(VENV)/.dev
	@echo 'Installing what looks at dependencies'
	@$(INSTALL) --no-build-isolation -e '.[audit]'
	@touch $@

$(VENV)/.docs: $(VENV)/.run
	@echo 'Installing what the documentation needs'
	@$(INSTALL) --no-build-isolation -e '.[docs]'
	@touch $@

# Before any Python runs: with this file the standard library's platform module is gone.
guard:
	@test ! -e platform/__init__.py || { echo 'platform/__init__.py shadows the standard library: remove it' >&2; exit 1; }

up: guard $(VENV)/.run
	@exec $(BIN)/agelens up

# First everything side by side, each process on servers of its own; then, alone, what measures time
# or memory. Where the first part was interrupted or could not begin there is no second.
test: guard $(VENV)/.dev
	@status=0; \
	$(PYTEST) $(SIDE_BY_SIDE) --junitxml=$(REPORTS)/parallel.xml || status=$$?; \
	[ $$status -gt 1 ] || $(PYTEST) -m serial --durations=20 --junitxml=$(REPORTS)/serial.xml || status=$$?; \
	exit $$status

test-quick: guard $(VENV)/.dev
	@exec $(PYTEST) tests/unit tests/architecture $(SIDE_BY_SIDE) -m 'not serial and not slow' \
		--junitxml=$(REPORTS)/quick.xml

# The table is by package; every file is in coverage.xml. There is no threshold.
test-coverage: guard $(VENV)/.dev
	@status=0; \
	$(PYTEST) tests/unit tests/architecture $(SIDE_BY_SIDE) --junitxml=$(REPORTS)/quick.xml \
		--cov --cov-report= --cov-report=xml || status=$$?; \
	$(BIN)/python tests/coverage_by_package.py $(REPORTS)/coverage.xml; \
	exit $$status

test-mutation: guard $(VENV)/.dev
	@exec $(BIN)/python -u tests/mutation.py $(MODULES)

SEEDS ?= 1,2,3
test-faults: guard $(VENV)/.dev
	@AGELENS_TEST_SEEDS=$(SEEDS) AGELENS_TEST_FAULTS=all $(BIN)/python -m pytest tests/integration/recovery tests/integration/up/test_full_disk.py -rA -p no:cacheprovider

check: guard $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: guard $(VENV)/.dev
	@exec $(BIN)/python -m benchmarks $(BENCH)

lab: guard $(VENV)/.lab
	@exec $(BIN)/agelens lab $(LAB)

# Warnings are errors; the pages open from docs/_build/html without any server.
docs: guard $(VENV)/.docs
	$(BIN)/python -m sphinx --quiet --nitpicky --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo 'Open docs/_build/html/index.html'

screenshots: guard $(VENV)/.dev
	@exec $(BIN)/python docs/screenshots/take.py

translations: guard $(VENV)/.run
	@exec $(BIN)/python docs/translations/update.py

# The newest versions that fit together on every supported Python, on Linux; pins that still fit
# stay. `environments` in pyproject.toml says where that is: conditions that hold there are dropped.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
	--custom-compile-command 'make constraints' $(UPGRADE)
HASHED = $(LOCK) --generate-hashes -c constraints.txt
APP = pyproject.toml --extra server --extra s3 --extra web
define TIDY
s/(python_full_version < '3\.15'|implementation_name == 'cpython'|platform_python_implementation == 'CPython'|sys_platform == 'linux')( and )?//g
s/ (and|;) *(\\?)$$/ \2/
s/ $$//
endef
export TIDY

constraints: guard $(VENV)/.made
	@$(INSTALL) uv
	$(LOCK) pyproject.toml --all-extras -o constraints.txt
	@sed -E -i.old "$$TIDY" constraints.txt
	echo setuptools | $(HASHED) - -o requirements-build.lock
	$(HASHED) $(APP) -o requirements-app.lock
	$(HASHED) $(APP) --extra retrain --extra estimator -o requirements-trainer.lock
	@sed -E -i.old "$$TIDY" requirements-*.lock
	@rm -f constraints.txt.old requirements-*.lock.old

audit: guard $(VENV)/.audit
	@.ci/audit $(VENV)

clean:
	rm -rf $(VENV) build dist .make.lock
