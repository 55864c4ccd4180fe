# `make help` lists what there is. Every target works on a bare machine.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON_VERSION ?= 3.11
VENV := .venv/bin

.PHONY: help setup demo engine environment base test unit deep proof faults frameworks fuzz lint types contracts check docs bench clean site

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[36m%-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make the contributor's environment (.venv, all tools, pre-commit)
	@scripts/setup-dev.sh

demo: engine ## From nothing: an engine, a base, the flight delays example built and run as containers
	@scripts/environment.sh
	@PATH="$(CURDIR)/$(VENV):$$PATH" scripts/demo.sh

engine: ## Install and start a Docker Engine where none answers
	@docker version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1 || scripts/docker-engine.sh

base: engine ## Make the base image ops0-base:$(PYTHON_VERSION) from Debian's packages where there is none
	@docker image inspect ops0-base:$(PYTHON_VERSION) >/dev/null 2>&1 || scripts/base-image.sh $(PYTHON_VERSION)

environment:
	@scripts/environment.sh dev,test

test: environment base ## All tests, the real engine included
	@scripts/docker-registry.sh
	@scripts/image-tools.sh
	@scripts/mlflow.sh
	@scripts/chromium.sh
	@$(VENV)/pytest -n 2 --dist loadfile --durations=25

unit: environment ## The unit tests: no engine, seconds
	@$(VENV)/pytest tests/unit

deep: environment ## The random cases of the unit tests, a hundred times as many and more: hours
	@OPS0_TESTS=deep $(VENV)/pytest $$(grep -rl 'from effort import cases' tests/unit)

proof: environment base ## Every slice of the corpus imported with exactly what was inferred, and called in containers (20 GB, two hours)
	@OPS0_TESTS=deep $(VENV)/pytest -s tests/corpus/test_corpus.py tests/corpus/test_slices_proof.py tests/corpus/test_values_proof.py

frameworks: ## Values of torch, tensorflow and keras, by the real libraries (8 GB: the usual torch is a build for GPUs)
	@scripts/environment.sh dev,test,deep
	@OPS0_TESTS=deep $(VENV)/pytest tests/integration/test_frameworks.py

faults: environment base ## Every fault for real, as often as the goals say: hours; the table is written to build/faults.md
	@OPS0_TESTS=deep OPS0_FAULTS_TABLE=$(CURDIR)/build/faults.md $(VENV)/pytest tests/faults

fuzz: ## A quarter of an hour of coverage-guided fuzzing of the analyzer (atheris); findings are written to build/fuzz
	@scripts/environment.sh dev,test,fuzz
	@mkdir -p build/fuzz
	@cd build/fuzz && $(CURDIR)/$(VENV)/python $(CURDIR)/scripts/fuzz_analyzer.py inputs -max_total_time=900 -timeout=2 -rss_limit_mb=256 -max_len=8000

lint: environment ## ruff: rules and format
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check

types: environment ## mypy, strict
	@$(VENV)/mypy

contracts: environment ## import-linter: who may import whom
	@$(VENV)/lint-imports

docs: environment ## Write the reference pages from the code
	@$(VENV)/python scripts/make_reference.py

site: environment ## The docs as a site, in build/site; a warning is an error
	@$(VENV)/sphinx-build -W --keep-going -q -b html docs build/site

check: setup lint types contracts site test ## All that CI runs

bench: environment base ## Measure against the floor and the peers, as ratios in one run
	@$(VENV)/python -m benchmarks

clean: ## Remove what the tools left in the checkout (not .venv)
	@rm -rf build dist .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
