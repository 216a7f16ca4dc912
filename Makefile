# Every recipe sets up what it needs; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help rehearse serve load artifact calibrate preview pulumi test check fix bench mutants docs lock clean

help: ## list the recipes
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Floodgate needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Set PYTHON=python3.11 or newer."; exit 2; }
	@echo "Setting up .venv (once, some minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

rehearse: $(READY) ## deploy the opening stack offline, replay a real opening, write report.html
	@$(BIN)/floodgate rehearse --stack opening --scenario kdca-august-2021

serve: $(READY) ## the waiting room and the reservations on this machine, doors in 90 seconds
	@$(BIN)/python -m app serve

load: $(READY) ## send an evening's people, scaled down, to the service that `make serve` runs
	@$(BIN)/python -m app load --scenario kdca-august-2021 --scale 0.001 --speed 60

artifact: $(READY) ## the archives that servers unpack, for arm64 and x86_64, with their digests
	@$(BIN)/python -m app artifact --output dist

calibrate: $(READY) ## measure what each step of a journey costs, for the rehearsal
	@$(BIN)/python -m app calibrate --output calibration.toml

preview: pulumi ## preview the opening stack with the real engine and the policy pack, without an account
	@$(BIN)/floodgate offline pulumi preview --stack opening --policy-pack policy

pulumi: $(READY) ## build the Pulumi engine from Go modules, once, where there is none on PATH
	@$(BIN)/python -m floodgate.offline.toolchain

test: $(READY) ## every test of the default tiers
	@$(BIN)/python -m pytest

check: $(READY) ## lint, types, formatting, docs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/ty check
	@$(BIN)/python docs/generate.py --check

fix: $(READY) ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY) ## print the numbers of benchmarks/
	@$(BIN)/python -m benchmarks

mutants: $(READY) ## change AWS's rules one thing at a time and see which change no test notices; takes long
	@$(BIN)/python -m benchmarks.mutants

docs: $(READY) ## write the reference pages from the code
	@$(BIN)/python docs/generate.py

lock: $(READY) ## pin every dependency with its hashes again
	@$(BIN)/uv pip compile pyproject.toml --extra dev --extra fast --universal --generate-hashes --python-version 3.11 --no-header --quiet --group service --group local --group trial --output-file requirements.txt
	@$(BIN)/uv pip compile --group pyproject.toml:service --constraints requirements.txt --universal --generate-hashes --python-version 3.11 --no-header --quiet --output-file app/requirements.txt

clean: ## forget the environment and what runs have written
	@rm -rf .venv report.html .floodgate
