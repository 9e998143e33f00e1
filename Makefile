# Two commands on a fresh machine with Python 3.11 or newer and make:
#   make demo    sets up, makes the example region and plans it
#   make test    sets up, passes the tests
#   make benchmarks BENCHMARKS="--only plans --spopt-python /path/to/python"    some rows again; spopt where it is
# PYTHON=/path/to/python chooses the interpreter the virtual environment is made with.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# Compiled tests are kept: where the environment forbids it, each of the two processes compiles them for ten seconds.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 2 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: sbom audit-dependencies help setup setup-dev demo test trust promises check lint docs ijsselland rijnmond nederland benchmarks lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: setup ## set up, make the example region (made-up data) and plan it
	$(BIN)/nsp-planner demo --folder data/raw/voorbeeld --output runs

test: setup-dev ## set up and run every test
	$(PYTEST)

trust: setup-dev ## every test that holds a promise, the long ones too, and their page docs/trust.md (within an hour)
	@$(PIP) --only-binary :all: --require-hashes -r requirements-fuzz.lock || echo "no wheel of atheris here: fuzzing by bytes is skipped"
	$(BIN)/python -m docs.make.trust

promises: setup-dev ## write docs/trust.md again from the figures of the last run of make trust
	$(BIN)/python -m docs.make.trust --page

check: setup-dev lint ## lint, types, imports and the fast tests
	$(PYTEST) -m "not slow" -q

lint: setup-dev ## lint, format, types, import layers and dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry nsp_planner

docs: setup-dev ## draw the picture of the house from its imports (docs/architecture.md), write docs/columns.md and the tables of docs/sources.md
	$(BIN)/python -m docs.make.architecture
	$(BIN)/python -m docs.make.columns
	$(BIN)/python -m docs.make.sources

ijsselland: setup ## plan IJsselland from the open data in ../shared/data
	$(BIN)/nsp-planner plan scenarios/ijsselland.toml --output runs

rijnmond: setup ## plan Rijnmond from the CBS grid in ../shared/data, with made-up candidates
	$(BIN)/python -m nsp_planner.example rijnmond \
		--buurten ../shared/data/cbs-vierkant-rijnmond-2024/buurten_2024_rijnmond.gpkg \
		--grid ../shared/data/cbs-vierkant-rijnmond-2024/cbs_vk100_2024_rijnmond.gpkg \
		--out data/processed/rijnmond
	$(BIN)/nsp-planner plan scenarios/rijnmond.toml --output runs

benchmarks: setup-dev ## measure the engines beside other packages and write docs/benchmarks.md (some hours)
	if [ -f ../shared/benchmarks/gen_instance.py ] && [ ! -f data/processed/regions/XL.npz ]; then \
		$(BIN)/python ../shared/benchmarks/gen_instance.py data/processed/regions; fi
	$(BIN)/python -m benchmarks $$([ -d data/processed/regions ] && echo --regions data/processed/regions) \
		$$([ -d ../shared/benchmarks ] && echo --standard ../shared/benchmarks) $(BENCHMARKS)

nederland: setup ## plan 25 made-up regions of true size in one sweep (half an hour; goes on where it stopped)
	$(BIN)/python -m benchmarks.sweep_regions make
	$(BIN)/nsp-planner sweep scenarios/nederland-25.toml
	$(BIN)/python -m benchmarks.sweep_regions page

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "nsp_planner needs Python 3.11 or newer: install it, or name it with make PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "could not make a virtual environment: on Debian and Ubuntu install python3-venv"; exit 1; }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

lock: ## renew the locked versions (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		pyproject.toml --group build --output-file requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		pyproject.toml --group build --group dev --all-extras --output-file requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--group release --output-file requirements-release.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--group fuzz --output-file requirements-fuzz.lock

sbom: setup $(VENV)-release/.done ## software bill of materials (CycloneDX) of what is installed to run, in dist/
	mkdir -p dist
	$(VENV)-release/bin/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
		--output-file dist/nsp-planner.cdx.json $(BIN)/python

audit-dependencies: $(VENV)-release/.done ## known weaknesses of the locked versions (needs a network)
	$(VENV)-release/bin/pip-audit --require-hashes --disable-pip --requirement requirements.lock

$(VENV)-release/.done: requirements-release.lock
	@$(PYTHON) -m venv $(VENV)-release
	$(VENV)-release/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements-release.lock
	@touch $@

clean: ## remove the virtual environment, runs and caches
	rm -rf $(VENV) $(VENV)-release runs data/raw/voorbeeld data/processed/rijnmond test-artefacts
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
