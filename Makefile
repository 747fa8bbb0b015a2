# The three commands of the README: run, test, check. Everything they make lies in this folder.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
SAMLAD_DATA ?= $(CURDIR)/var
PORT ?= 8000
export SAMLAD_DATA PORT
PO := src/samlad/ui/locale/sv/LC_MESSAGES/django.po

# uv is fast; where it cannot reach the registry as this machine is set up, pip does.
install = $(BIN)/uv pip install -q --require-hashes -r $(1) 2>/dev/null || \
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1)

.PHONY: run test check format lock messages reference bench

run: .venv/production
	@SAMLAD_DEMO=1 $(BIN)/samlad demo
	@SAMLAD_DEMO=1 exec $(BIN)/samlad serve

test: .venv/development
	@tools/debian chromium /usr/bin/chromium
	@tools/debian default-jre-headless /usr/bin/java
	@$(BIN)/pytest -n 2 --dist loadgroup

check: .venv/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	SAMLAD_DATA=$$(mktemp -d) DJANGO_SETTINGS_MODULE=samlad.config.settings $(BIN)/python -m django makemigrations --check --dry-run
	$(BIN)/djlint --lint src
	$(BIN)/python -m samlad.config.messages check
	$(BIN)/python -m samlad.config.reference check
	@$(MAKE) --no-print-directory test
	@tools/with-postgresql $(BIN)/pytest -n 2 -m database

format: .venv/development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: .venv/development
	$(BIN)/python -m samlad.config.messages update

reference: .venv/development
	$(BIN)/python -m samlad.config.reference write
	$(BIN)/python -m tests.spec.writing

# The statistics beside their peers, which live in an environment of their own; R is used where
# it is. Writes docs/reference/benchmarks.md.
bench: .venv/peers/installed
	PYTHONPATH=src .venv/peers/bin/python benchmarks/peers.py

# Locks are exports: hash-pinned, without addresses.
lock: .venv/production
	rm -f uv.lock
	$(BIN)/uv export -q --format requirements-txt --no-header --no-dev --no-emit-project -o requirements/production.txt
	$(BIN)/uv export -q --format requirements-txt --no-header --only-dev --no-emit-project -o requirements/development.txt
	$(BIN)/uv export -q --format requirements-txt --no-header --only-group peers --no-emit-project -o requirements/peers.txt
	rm -f uv.lock

.venv/production: requirements/build.txt requirements/production.txt pyproject.toml $(PO)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing (the first time takes some minutes)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/build.txt
	@$(call install,requirements/production.txt)
	@$(BIN)/uv pip install -q --offline --no-deps --no-build-isolation -e .
	@$(BIN)/python -m samlad.config.messages compile
	@$(BIN)/python -m samlad_stats.warming
	@touch $@

.venv/peers/installed: requirements/peers.txt
	@mkdir -p .venv
	@$(PYTHON) -m venv .venv/peers
	@echo "Installing what is measured against"
	@.venv/peers/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@touch $@

.venv/development: .venv/production requirements/development.txt
	@$(call install,requirements/development.txt)
	@touch $@
