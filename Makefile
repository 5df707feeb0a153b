# Every verb of the project: CI runs these and nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The system's Python where it fits: distributions compile theirs by profile. With one that is not, as pyenv makes them
# unless asked, the tests take a sixth longer. Another one: make PYTHON=python3.13 install
FITS := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(FITS)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# -qq: errors only. Pip's warnings are about the machine, not about this project.
PIP_INSTALL := $(PIP) install -qq --root-user-action=ignore --no-deps
DBT := .ci/with-server dbt --quiet
SQL := models $(wildcard tests/dbt)

.PHONY: help install demo test interleavings chaos lint fix docs clean

help: ## List these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

install: $(INSTALLED) ## Make .venv and install what requirements.lock names (the other verbs do so by themselves)

demo: $(INSTALLED) ## Show the same batches loaded by dbt's own strategy and by onerow, twice at once
	@$(BIN)/python examples/demo/demo.py

test: $(INSTALLED) ## Run all tests, on a PostgreSQL of their own
	@$(BIN)/pytest -n 2 --dist worksteal

interleavings: $(INSTALLED) ## Play every interleaving of a load and another session (minutes; `make test` has a short cut)
	@$(BIN)/pytest -n 2 --dist worksteal --every-interleaving tests/python/postgres/interleavings

chaos: $(INSTALLED) ## Kill, cut and crash everything at once: make chaos SEED=7 SECONDS=300, or WITHOUT=each, guard by guard
	@PYTHONPATH=tests/python $(BIN)/python -m chaos $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(WITHOUT),--without $(WITHOUT))

lint: $(INSTALLED) ## Check Python, YAML, models, the SQL that macros compile to, and dependencies
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/yamllint --strict .
	@$(DBT) --warn-error parse
	@.ci/with-server sqlfluff lint --disable-progress-bar $(SQL)
	@.ci/with-server python .ci/lint_sent_sql.py
	@$(BIN)/python .ci/audit_dependencies.py

fix: $(INSTALLED) ## Correct what the linters can correct by themselves, and write anew what is generated
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@.ci/with-server sqlfluff fix --disable-progress-bar $(SQL)
	@$(BIN)/python .ci/command_reference.py

docs: $(INSTALLED) ## Write the documentation of models and sources to target/static_index.html
	@.ci/with-server bash -c 'dbt --quiet run && dbt --quiet docs generate --static --target-path target'
	@echo "Written: target/static_index.html"

clean: ## Stop the server and remove what was made, but for its data in .onerow and your profiles.yml
	@if [ -x $(BIN)/onerow ]; then $(BIN)/onerow server stop; fi
	@rm -rf .venv target logs dbt_packages scripts/*.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "onerow needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)" >&2; exit 1; }
	@$(PYTHON) -c '$(FITS)' 2>/dev/null \
		|| { echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv; this is done once" >&2
	@$(PYTHON) -m venv .venv
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-build-isolation -e .
	@touch $(INSTALLED)
