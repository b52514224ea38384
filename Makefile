.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/.stamp: pyproject.toml
	@python3 -m venv $(VENV) || { echo "error: python3 (3.11 or newer) with venv is needed: apt-get install python3-venv" >&2; exit 2; }
	@$(PY) -m pip install --quiet uv
	@$(VENV)/bin/uv pip install --quiet --python $(PY) -e '.[dev]'
	@touch $@

setup: $(VENV)/.stamp ## The virtual environment, with Prometheus and Alertmanager in a cache folder
	@scripts/fetch-prometheus >/dev/null

test: setup ## Linters, types, layers and all tests
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/pyright
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/pytest
	@$(VENV)/bin/pytest -n2 --dist=loadfile tests/stack

interop: setup ## Native histograms, Prometheus 3 and Sloth itself, which are built once; needs Go 1.26.7
	@tools=$$(scripts/fetch-interop) || { [ $$? = 3 ] && echo "Interop tests are skipped." && exit; } && \
	$(VENV)/bin/pytest tests/interop && \
	SLO_PROMTOOL=$$tools/promtool $(VENV)/bin/pytest tests/slo tests/alerts

up: setup ## The whole stack on this machine; options in ARGS="--duration 180s --fault gateway:5xx@20s+100s"
	@$(VENV)/bin/slo up $(ARGS)

bench: setup ## What the rules cost a real Prometheus, and how long they take to generate, beside Sloth; minutes
	@$(PY) tests/benchmarks/rule_cost.py 30 300
	@$(PY) tests/benchmarks/generation.py
	@$(PY) tests/benchmarks/backtest.py

detection: setup ## How soon failures are told, into platform/docs; minutes
	@$(PY) tests/benchmarks/detection.py

.PHONY: help setup test interop up bench detection
