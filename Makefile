# `make run` sets everything up and runs the assistant; `make test` sets everything up and passes the tests.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3 || command -v python)

.PHONY: setup run test lint audit bench lock screenshots widget handbook clean

setup:
	@$(PYTHON) tools/setup.py

run: setup
	@exec .venv/bin/tthc serve

test: setup
	@.venv/bin/python -m pytest -q

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy bot actions bench

# Published vulnerabilities of the locked packages, each judged or not; needs the package index.
audit: setup
	.venv/bin/python tools/audit.py $(AUDIT)

# The locks hold for Linux, macOS and Windows; uv comes from PyPI into a folder of its own.
lock:
	$(PYTHON) -m pip install --quiet --target .uv uv
	for name in requirements requirements-dev requirements-bench; do .uv/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $$name.in -o $$name.txt; done

bench: setup
	.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements-bench.txt
	.venv/bin/python -m bench.understanding
	.venv/bin/python -m bench.names
	.venv/bin/python -m bench.ablation
	.venv/bin/python -m bench.growth
	.venv/bin/python -m bench.nlu_cost --train
	.venv/bin/python -m bench.stock_nlu
	.venv/bin/python -m bench.city
	.venv/bin/python -m bench.knowledge
	.venv/bin/python -m bench.telegram
	.venv/bin/python -m bench.dossiers
	.venv/bin/python -m bench.dossier_safety
	.venv/bin/python -m bench.questions
	.venv/bin/python -m bench.widget
	.venv/bin/python -m bench.web_sessions
	.venv/bin/python -m bench.seen
	.venv/bin/python -m bench.hostile

screenshots: setup
	.venv/bin/python tools/screenshots.py

# Builds bot/widget/dist/widget.js anew from its source; needs Node.
widget:
	cd bot/widget && npm ci && npm run check && npm run build

handbook: setup
	.venv/bin/python tools/handbook.py

clean:
	rm -rf .venv .uv .audit .tthc models
