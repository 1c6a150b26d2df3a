# One word for each thing. Needs Python 3.11 or newer, make, and a network to a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help
.PHONY: help demo up test test-faults faults test-rails check bench format openapi docs lock clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

demo: $(READY)  ## run everything with a pretend company; prints addresses and the login
	@$(BIN)/workbench demo

up: $(READY)  ## run everything as a company would
	@$(BIN)/workbench up

test: $(READY) $(VENV)/browser  ## run all tests but two kinds, with real processes and a real browser
	@sh scripts/curl.sh
	@sh scripts/oidc.sh
	@$(BIN)/python -m pytest -n 2 --dist loadscope --ignore=tests/rails --ignore=tests/faults

test-faults: $(READY)  ## the first: ingest with kills, power cuts, full and broken disks, hostile bodies
	@sh scripts/faults.sh
	@$(BIN)/python -m pytest tests/faults

faults: $(READY)  ## the same for long: hundreds of kills, ten thousand bodies
	@sh scripts/faults.sh
	@$(BIN)/python -m pytest -m "long or not long" --timeout 3600 tests/faults

test-rails: $(READY)  ## the second: the Ruby client in a real Rails application, of Debian's packages
	@sh scripts/rails.sh
	@$(BIN)/python -m pytest tests/rails

check: $(READY)  ## lint, types, imports, SQL, notebooks, and the rules of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/sqlfluff lint --quiet --processes 2 dbt_project/models dbt_project/tests
	@$(BIN)/marimo check --strict $$(grep -l 'marimo.App(' notebooks/*.py)
	@$(BIN)/python -m pytest tests/test_house.py

bench: $(READY) $(VENV)/browser  ## measure; prints one JSON line a figure
	@for name in startup ingest ingest_scale ingest_lag ingest_overload ingest_peer \
	    ingest_file api dashboard freshness prefect_overhead build synthetic_speed reviews letters validity; do $(BIN)/python -m bench.$$name || exit 1; done

format: $(READY)  ## put the code in the house's shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

openapi: $(READY)  ## write down what the APIs promise
	@$(BIN)/python -m cli.openapi

docs: $(READY)  ## write the warehouse's documentation; the operations page links to it
	@$(BIN)/workbench docs

lock: $(READY)  ## resolve pyproject.toml into requirements.lock again
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras \
	  --no-strip-extras --generate-hashes --no-emit-index-url --no-header \
	  -o requirements.lock pyproject.toml

clean:  ## remove what was installed and made, but no data
	@rm -rf $(VENV) artifacts .pytest_cache .mypy_cache .ruff_cache *.egg-info

$(READY): requirements.lock pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh $(PYTHON) $(VENV)
	@touch $@

$(VENV)/browser: $(READY) scripts/browser.sh
	@sh scripts/browser.sh $(BIN) > $@.new && mv $@.new $@
