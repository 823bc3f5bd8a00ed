# Everything from a fresh clone: Python 3.11 or newer and make are enough. `make help` lists the commands.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
.PHONY: help demo demo-reset test lint bench screenshots environment browser

PYTHON ?= $(shell command -v python3 || command -v python)
UV_VERSION := 0.13.8
UV := .headway/uv/bin/uv
RUN := .venv/bin/python -m
ARGS ?=

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1|/' | column -t -s '|'

demo: environment ## Start Headway with a demo company on http://127.0.0.1:$PORT/ (8000)
	@exec $(RUN) config.demo

demo-reset: environment ## Forget the demo company's data
	@exec $(RUN) config.demo --reset

test: environment browser ## Run every test; ARGS goes to pytest
	@export HEADWAY_HOME="$${HEADWAY_HOME:-.headway/test}"
	exec $(RUN) config.embedded exec --fast -- .venv/bin/pytest -n 2 $(ARGS)

lint: environment ## Check style, types and templates
	@.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	DATABASE_URL=postgres://none REDIS_URL=redis://none SECRET_KEY=none DEBUG=1 .venv/bin/mypy .
	mapfile -d '' templates < <(find . -name '*.html' -path '*/templates/*' -not -path './.*' -print0)
	if (( $${#templates[@]} )); then
		.venv/bin/djlint --quiet --lint "$${templates[@]}"
		.venv/bin/djlint --quiet --check "$${templates[@]}"
		.venv/bin/djade --check --target-version 5.2 "$${templates[@]}"
	fi

bench: environment ## Measure pages and imports on a million deals; ARGS goes to the benchmarks
	@export HEADWAY_HOME="$${HEADWAY_HOME:-.headway/bench}"
	exec $(RUN) config.embedded exec -- $(RUN) benchmarks $(ARGS)

screenshots: environment browser ## Take a picture of every page into screenshots/
	@exec $(RUN) config.demo --while $(RUN) tests.browser.screenshots $(ARGS)

environment: .venv/.stamp

# uv lives in an environment of its own, since `uv sync` removes whatever the lock doesn't name.
.venv/.stamp: uv.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Headway needs Python 3.11 or newer (Debian: apt-get install python3 python3-venv)." >&2; exit 1; }
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
		echo "Headway needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Choose another: make PYTHON=python3.12 ..." >&2; exit 1; }
	if ! $(UV) --version > /dev/null 2>&1; then
		rm -rf .headway/uv
		mkdir -p .headway
		if ! $(PYTHON) -c 'import ensurepip, venv' 2> /dev/null; then
			version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
			echo "This Python can't make environments. On Debian and Ubuntu: apt-get install python$$version-venv" >&2; exit 1
		fi
		echo "Fetching uv, which installs what the lock names."
		$(PYTHON) -m venv .headway/uv
		.headway/uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	fi
	cache=$${UV_CACHE_DIR:-$${XDG_CACHE_HOME:-$${HOME:-/nonexistent}/.cache}/uv}
	if ! mkdir -p "$$cache" 2> /dev/null || ! [ -w "$$cache" ]; then cache=$$PWD/.headway/uv-cache; fi
	export UV_CACHE_DIR="$$cache"
	UV_PYTHON_DOWNLOADS=never $(UV) sync --quiet --frozen --python "$(PYTHON)"
	touch $@

browser: environment
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do
		if command -v "$$name" > /dev/null; then exit 0; fi
	done
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
		echo "Installing Chromium for the browser tests."
		apt-get install -y -qq --no-install-recommends chromium > /dev/null ||
			{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null; }
	else
		echo "The browser tests need Chromium. On Debian: sudo apt-get install chromium; on Fedora: sudo dnf install chromium" >&2
		exit 1
	fi
