# Everything from a fresh clone: Python 3.11 or newer and make are enough. `make help` lists the commands.
# Kept to what make 3.81 and bash 3.2 understand, which macOS ships.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test lint bench mutants screenshots environment browser

PYTHON ?= $(shell command -v python3 || command -v python)
UV_VERSION := 0.13.8
UV := .headway/uv/bin/uv
RUN := .venv/bin/python -m
TEMPLATES = $(shell find . -name '*.html' -path '*/templates/*' -not -path './.*')
# What settings must find when only types are checked; nothing is connected to.
NO_SERVERS := DATABASE_URL=postgres://none REDIS_URL=redis://none SECRET_KEY=none DEBUG=1
ARGS ?=

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: environment ## Start Headway with a demo company on http://127.0.0.1:8000/, or on PORT
	@exec $(RUN) config.demo

demo-reset: environment ## Forget the demo company's data
	@exec $(RUN) config.demo --reset

test: environment browser ## Run every test; ARGS goes to pytest
	@export HEADWAY_HOME="$${HEADWAY_HOME:-.headway/test}"; \
	exec $(RUN) config.embedded exec --fast -- .venv/bin/pytest -n 2 $(ARGS)

lint: environment ## Check style, types, templates and migrations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(NO_SERVERS) .venv/bin/mypy .
	$(if $(TEMPLATES),.venv/bin/djlint --lint $(TEMPLATES))
	$(if $(TEMPLATES),.venv/bin/djade --check --target-version 5.2 $(TEMPLATES))
	@export HEADWAY_HOME="$${HEADWAY_HOME:-.headway/test}" LOG_LEVEL=WARNING; \
	exec $(RUN) config.embedded exec --fast -- .venv/bin/python manage.py lintmigrations --quiet ok ignore

bench: environment ## Measure pages and imports on a million deals; ARGS goes to the benchmarks
	@export HEADWAY_HOME="$${HEADWAY_HOME:-.headway/bench}"; \
	exec $(RUN) config.embedded exec -- $(RUN) benchmarks $(ARGS)

mutants: environment ## Change the rules of numbers and see whether tests notice; ARGS names modules
	@exec $(RUN) tests.mutants $(ARGS)

screenshots: environment browser ## Take a picture of every page of the demo company into screenshots/
	@exec $(RUN) config.demo --while $(RUN) tests.browser.screenshots $(ARGS)

environment: .venv/.stamp

# uv lives in an environment of its own, since `uv sync` removes whatever the lock doesn't name.
.venv/.stamp: uv.lock pyproject.toml
	@set -eu; \
	fail() { echo "$$1" >&2; exit 1; }; \
	python="$(PYTHON)"; \
	[ -n "$$python" ] || fail "Headway needs Python 3.11 or newer (Debian: apt-get install python3 python3-venv)."; \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		fail "Headway needs Python 3.11 or newer, and $$python is older. Choose another: make PYTHON=python3.12 ..."; \
	if ! $(UV) --version > /dev/null 2>&1; then \
		"$$python" -c 'import ensurepip, venv' 2> /dev/null || \
			fail "This Python can't make environments. On Debian and Ubuntu: apt-get install python3-venv"; \
		echo "Fetching uv, which installs what the lock names."; \
		rm -rf .headway/uv; mkdir -p .headway; \
		"$$python" -m venv .headway/uv; \
		.headway/uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'; \
	fi; \
	cache="$${UV_CACHE_DIR:-$${XDG_CACHE_HOME:-$${HOME:-/nonexistent}/.cache}/uv}"; \
	if ! mkdir -p "$$cache" 2> /dev/null || ! [ -w "$$cache" ]; then cache="$$PWD/.headway/uv-cache"; fi; \
	UV_CACHE_DIR="$$cache" UV_PYTHON_DOWNLOADS=never $(UV) sync --quiet --frozen --python "$$python"; \
	touch $@

# The browser tests drive the system's Chromium.
browser: environment
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v "$$name" > /dev/null; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing Chromium for the browser tests."; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } > /dev/null && exit 0; \
		echo "Chromium could not be installed: apt-get install chromium" >&2; exit 1; \
	fi; \
	echo "The browser tests need Chromium. On Debian: sudo apt-get install chromium; on Fedora: sudo dnf install chromium" >&2; \
	exit 1
