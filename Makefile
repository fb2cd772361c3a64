# Everything a person needs: `make run`, `make test`. Both set themselves up.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
UV := .tools/bin/uv
UV_VERSION := 0.13.8
PY := .venv/bin/python

.PHONY: run test fast check chaos bench format requirements screenshots clean help

run: .venv/run.stamp ## start the whole service on this machine
	@$(PY) -m shotlens run

test: .venv/dev.stamp check ## all tests, three files at a time: those of the browser wait more than they compute
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

fast: .venv/dev.stamp ## the tests that need no browser, service, container or long film: under a minute
	$(PY) -m pytest -q -n 2 --dist worksteal -m "not browser and not service and not slow"

chaos: .venv/dev.stamp ## kill workers at random moments, many rounds; takes long
	CHAOS_ROUNDS=10 $(PY) -m pytest tests/chaos

bench: .venv/dev.stamp ## the speed of cutting against decoding alone; wants the videos of ../shared and an idle machine
	$(PY) -m benchmarks.process_video

check: .venv/dev.stamp ## style and types
	$(PY) -m ruff check -q .
	$(PY) -m ruff format -q --check .
	$(PY) -m mypy

format: .venv/dev.stamp
	$(PY) -m ruff check -q --fix .
	$(PY) -m ruff format -q .

requirements: $(UV) ## write the pinned sets anew from pyproject.toml
	requirements/compile $(UV)

screenshots: .venv/dev.stamp ## write pictures of every page to docs/pictures
	$(PY) -m tests.browser.pictures docs/pictures
	$(PY) -m tests.browser.moving_picture docs/pictures/page.webp

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

clean: ## remove the environments; data and weights stay
	rm -rf .venv .tools

# The set for running is part of the set for developing, so one environment serves both.
.venv/run.stamp: requirements/run.txt pyproject.toml | .venv
	$(UV) pip install -q --python $(PY) --require-hashes -r $<
	$(UV) pip install -q --python $(PY) --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml | .venv
	$(UV) pip sync -q --python $(PY) --require-hashes $<
	$(UV) pip install -q --python $(PY) --no-deps -e .
	@touch $@ .venv/run.stamp

.venv: | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Shotlens needs Python 3.11 to 3.13; name one with make PYTHON=...")'
	$(UV) venv -q --python $(PYTHON) $@

$(UV):
	@if $(PYTHON) -m pip --version >/dev/null 2>&1; \
	then $(PYTHON) -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-warn-script-location --target .tools uv==$(UV_VERSION); \
	else $(PYTHON) -m venv .tools && .tools/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION); fi
