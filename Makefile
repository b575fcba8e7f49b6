# Two commands do all the set-up: `make play` opens the workbench, `make test` checks everything.
# Everything made lies in .venv, node_modules and build; stamp files make a second call quick.

VENV := .venv
PYTHON := $(VENV)/bin/python
BUILD := build/ferrous
SITE := $(BUILD)/site
RELEASE := build/release
PORT ?= 0

HOST_PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

PYTHON_SOURCES := $(shell find ferrous_vm pyodide_bridge -name '*.py' -o -name '*.json' -path '*_*')
FIRST_EXAMPLE := $(firstword $(sort $(wildcard web/examples/*.json)))
PACKING := $(addprefix toolchain/,archives.py pack.mjs pack.py parts.py pyodide.mjs shrink.py sitecustomize.py standard_library.txt)
PAGE_SOURCES := $(shell find web -type f) toolchain/page.mjs
# Each suite gets a Pyodide of its own: one that dies says which. What needs processes, sockets or a server stays out.
# The longest begin first, so that none of them runs on alone.
LONGEST_SUITES := $(addprefix tests/,scripting workbench lua translator)
CORE_SUITES := $(LONGEST_SUITES) $(filter-out $(LONGEST_SUITES) $(addprefix tests/,architecture record toolchain oracle endpoint on_servers),$(patsubst %/,%,$(wildcard tests/*/)))
JOBS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# Wheels for the Python in the browser, whatever the Python here is.
DOWNLOAD := $(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
	--python-version 3.14 --implementation cp --abi none --platform any

.PHONY: help play test check lint types contracts page-types unit in-pyodide e2e firefox pictures oracle servers oracle-servers state-machine soak benchmark benchmark-language release release-check release-checklist wheel page contract \
	environment requirements clean
.DEFAULT_GOAL := help

help: ## say what can be made
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

play: page ## build the page, serve it and print the address (PORT=8000 chooses the port)
	@$(PYTHON) -m ferrous_vm serve --directory $(SITE) --port $(PORT)

test: check in-pyodide e2e firefox unit ## everything: checks, unit tests, the core suite inside Pyodide, and a real browser

check: lint types page-types ## ruff, mypy, import-linter and tsc
lint: environment ## ruff and import-linter
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
types: environment ## mypy --strict on both packages
	$(VENV)/bin/mypy
page-types: node_modules/.stamp ## tsc on the page's JavaScript
	node_modules/.bin/tsc --noEmit

unit: environment ## unit and conformance tests in CPython
	$(VENV)/bin/pytest tests -n auto

# What a suite inside Pyodide needs. One of them alone is made as tests/values.in-pyodide.
IN_PYODIDE := $(BUILD)/pyodide-tests.stamp $(BUILD)/stdlib.stamp $(BUILD)/runtime.stamp
in-pyodide: $(IN_PYODIDE) ## the core suite once more, inside Pyodide under Node
	@$(MAKE) --no-print-directory --keep-going --jobs=$(JOBS) $(CORE_SUITES:%=%.in-pyodide)
%.in-pyodide: $(IN_PYODIDE)
	@output=$$(node $(STACK) toolchain/test_in_pyodide.mjs $(FROM_RELEASE) $(RUNTIME) $(BUILD)/stdlib $(BUILD)/pyodide-tests $* 2>&1); status=$$?; \
		echo "in Pyodide: $*"; echo "$$output"; exit $$status

# kB. V8 has 984; a browser that has a little less, or other calls below, shall do as well.
STACK := --stack-size=930
tests/machine.in-pyodide: STACK := --stack-size=500 # the machine's stacks are none of the browser's

e2e: page $(BUILD)/chromium.stamp ## the page in a real Chromium
	$(VENV)/bin/pytest e2e -n 2 $(if $(AGAIN),|| $(VENV)/bin/pytest e2e -x --last-failed --last-failed-no-failures none)

firefox: page ## the page in the Firefox that is installed; without one nothing is run
	PYTHON=$(PYTHON) FERROUS_SITE=$(SITE) node --test e2e/firefox/page.test.mjs

pictures: page $(BUILD)/chromium.stamp ## README's pictures of the page, written anew
	FERROUS_PICTURES=1 $(VENV)/bin/pytest e2e/test_pictures.py

oracle: environment ## the tests that ask a real redis-server and lua5.1
	FERROUS_GENERATED_SCRIPTS=10000 $(VENV)/bin/pytest tests -m oracle
	$(VENV)/bin/python -m tests.oracle

servers: ## the other servers that profiles imitate, in build/servers: for recording, not for tests (Debian, as root)
	mkdir -p build/servers
	cd build/servers && bash $(CURDIR)/toolchain/get_servers.sh

oracle-servers: environment ## 50,000 random commands and 1,000 scripts beside each of the other servers (a night's work; after `make servers`)
	for server in $$($(PYTHON) -c 'from ferrous_vm import PROFILES; print(*PROFILES)'); do \
		$(PYTHON) -m tests.keyspace.profiles.beside $$server 50000 || failed=yes; \
		$(PYTHON) -m tests.scripting.fuzzing --server $$server --scripts 1000 || failed=yes; \
	done; test -z "$$failed"

state-machine: environment ## 100,000 random commands on Ferrous and on a real redis-server, compared (COMMANDS=n for more)
	$(VENV)/bin/pytest -s tests/keyspace/state_machine.py

soak: environment ## 200 clients at an endpoint, connections killed at random (MINUTES=10)
	$(PYTHON) -m tests.endpoint.soak --minutes $(or $(MINUTES),10)

benchmark: release $(BUILD)/chromium.stamp ## navigation to first reply, beside a bare Pyodide page
	$(PYTHON) -m benchmarks.start_up $(RELEASE)/site

benchmark-language: build/benchmark/engines.js $(BUILD)/wheel.stamp $(BUILD)/dependencies.stamp $(BUILD)/chromium.stamp ## Lua programs beside other engines in one browser
	$(PYTHON) -m benchmarks.language_in_browser $(BUILD)

release: $(RELEASE)/site.stamp $(RELEASE)/dist.stamp ## the page for any static host, small and compressed, in build/release/site, and the wheel with it in build/release/dist
	@echo "The page for a static host is in $(RELEASE)/site, the wheel that pip installs in $(RELEASE)/dist"

release-checklist: $(RELEASE)/dist.stamp ## what must hold of the wheel that goes out, a line for each: version, changelog, same bytes, installed alone
	$(PYTHON) toolchain/release_checklist.py $(RELEASE)/dist/*.whl $(BUILD)/dependencies

release-check: release release-checklist $(IN_PYODIDE) $(BUILD)/chromium.stamp ## the checklist, the core suite and the page on the release
	@$(MAKE) --no-print-directory --keep-going --jobs=$(JOBS) FROM_RELEASE=--release=$(RELEASE) $(CORE_SUITES:%=%.in-pyodide)
	FERROUS_EVERY_EXAMPLE=yes FERROUS_SITE=$(RELEASE)/site $(VENV)/bin/pytest e2e -n 2

wheel: $(BUILD)/wheel.stamp ## the wheel, in build/ferrous/wheel
page: $(BUILD)/page.stamp ## the page, in build/ferrous/site
environment: $(VENV)/.stamp

contract: environment ## web/src/contract.d.ts from pyodide_bridge/contract
	$(PYTHON) -m pyodide_bridge.declarations web/src/contract.d.ts

requirements: environment ## what is installed, to renew requirements/development.txt
	@$(PYTHON) -m pip freeze --all --exclude-editable

clean: ## forget everything made, keep the environments
	rm -rf build

$(VENV)/.stamp: requirements/development.txt pyproject.toml
	@test -n "$(HOST_PYTHON)" || { echo "Ferrous needs Python 3.11 or newer: set HOST_PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(PYTHON) || $(HOST_PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "python3 -m venv failed: on Debian and Ubuntu install the package python3-venv" >&2; exit 1; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements/development.txt
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.stamp: package.json package-lock.json .npmrc
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
		{ echo "Ferrous needs Node 20 or newer" >&2; exit 1; }
	npm ci --no-progress --loglevel=error
	@touch $@

# setuptools keeps modules that are gone in build/lib, so that goes first.
$(BUILD)/wheel.stamp: $(PYTHON_SOURCES) pyproject.toml LICENSE README.md | $(VENV)/.stamp
	@rm -rf $(BUILD)/wheel build/lib build/bdist.*
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w $(BUILD)/wheel .
	@rm -rf build/lib build/bdist.*
	@touch $@

$(BUILD)/tools.stamp: requirements/packing.txt | $(VENV)/.stamp
	@rm -rf $(BUILD)/tools
	$(DOWNLOAD) -r requirements/packing.txt -d $(BUILD)/tools
	@touch $@

$(BUILD)/dependencies.stamp: requirements/pyodide.txt | $(VENV)/.stamp
	@rm -rf $(BUILD)/dependencies
	$(DOWNLOAD) -r requirements/pyodide.txt -d $(BUILD)/dependencies
	@touch $@

$(BUILD)/installer.stamp: requirements/installer.txt | $(VENV)/.stamp
	@rm -rf $(BUILD)/installer
	$(DOWNLOAD) -r requirements/installer.txt -d $(BUILD)/installer
	@touch $@

$(BUILD)/pyodide-tests.stamp: requirements/pyodide-tests.txt | $(VENV)/.stamp
	@rm -rf $(BUILD)/pyodide-tests
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.14 \
		--implementation cp --abi none --platform any --target $(BUILD)/pyodide-tests -r requirements/pyodide-tests.txt
	@touch $@

# RUNTIME=node_modules/pyodide builds with the runtime as Pyodide ships it.
RUNTIME := $(BUILD)/runtime
$(BUILD)/runtime.stamp: toolchain/shrink_runtime.mjs web/src/worker/stack.js node_modules/.stamp
	@rm -rf $(BUILD)/runtime
	node toolchain/shrink_runtime.mjs $(BUILD)/runtime
	@touch $@

$(BUILD)/stdlib.stamp: $(PACKING) $(BUILD)/tools.stamp node_modules/.stamp
	@rm -rf $(BUILD)/stdlib && mkdir -p $(BUILD)/stdlib
	node toolchain/pack.mjs stdlib $(BUILD)/tools $(BUILD)/stdlib
	@touch $@

$(BUILD)/wheels.stamp: $(BUILD)/wheel.stamp $(BUILD)/dependencies.stamp $(BUILD)/stdlib.stamp
	@rm -rf $(BUILD)/wheels && mkdir -p $(BUILD)/wheels
	@cp $(BUILD)/wheel/*.whl $(BUILD)/dependencies/*.whl $(BUILD)/wheels
	node toolchain/pack.mjs wheels $(BUILD)/tools $(BUILD)/wheels
	@touch $@

$(BUILD)/recorded.json: $(PYTHON_SOURCES) toolchain/recording.py $(FIRST_EXAMPLE) $(FIRST_EXAMPLE:.json=.lua) | $(VENV)/.stamp
	@mkdir -p $(BUILD)
	$(PYTHON) toolchain/recording.py $(FIRST_EXAMPLE) $@

$(BUILD)/page.stamp: $(PAGE_SOURCES) $(BUILD)/runtime.stamp $(BUILD)/recorded.json $(BUILD)/wheels.stamp $(BUILD)/stdlib.stamp $(BUILD)/installer.stamp node_modules/.stamp
	node toolchain/page.mjs $(RUNTIME) $(BUILD)/stdlib $(BUILD)/wheels $(BUILD)/installer $(BUILD)/recorded.json $(SITE)
	@touch $@

$(RELEASE)/stdlib.stamp: $(PACKING) $(BUILD)/tools.stamp node_modules/.stamp
	@rm -rf $(RELEASE)/stdlib && mkdir -p $(RELEASE)/stdlib
	node toolchain/pack.mjs release-stdlib $(BUILD)/tools $(RELEASE)/stdlib
	@touch $@

$(RELEASE)/wheels.stamp: $(PACKING) $(BUILD)/wheel.stamp $(BUILD)/dependencies.stamp $(BUILD)/tools.stamp node_modules/.stamp
	@rm -rf $(RELEASE)/wheels && mkdir -p $(RELEASE)/wheels
	@cp $(BUILD)/wheel/*.whl $(BUILD)/dependencies/*.whl $(RELEASE)/wheels
	node toolchain/pack.mjs release-wheels $(BUILD)/tools $(RELEASE)/wheels
	@touch $@

$(RELEASE)/page.stamp: $(PAGE_SOURCES) $(BUILD)/runtime.stamp $(BUILD)/recorded.json $(RELEASE)/wheels.stamp $(RELEASE)/stdlib.stamp $(BUILD)/installer.stamp node_modules/.stamp
	node toolchain/page.mjs $(RUNTIME) $(RELEASE)/stdlib $(RELEASE)/wheels $(BUILD)/installer $(BUILD)/recorded.json $(RELEASE)/page --release
	@touch $@

$(RELEASE)/site.stamp: $(RELEASE)/page.stamp toolchain/host_files.py toolchain/compress.mjs
	@rm -rf $(RELEASE)/site
	@cp -r $(RELEASE)/page $(RELEASE)/site
	$(PYTHON) toolchain/host_files.py $(RELEASE)/site
	node toolchain/compress.mjs $(RELEASE)/site build/compressed
	@touch $@

# The same commit makes the same bytes, wherever and whenever; its time is in them, so it is made anew each time.
.PHONY: commit
$(RELEASE)/dist.stamp: commit $(RELEASE)/page.stamp $(BUILD)/wheel.stamp toolchain/release_wheel.py
	@rm -rf $(RELEASE)/dist
	SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null)} \
		$(PYTHON) toolchain/release_wheel.py $(BUILD)/wheel/*.whl $(RELEASE)/page $(RELEASE)/dist
	@touch $@

build/benchmark/engines.js: $(wildcard benchmarks/other_engines/*.js*) web/src/worker/stack.js node_modules/.stamp
	npm ci --prefix benchmarks/other_engines --no-progress --loglevel=error
	node_modules/.bin/esbuild benchmarks/other_engines/engines.js --bundle --format=esm --log-level=warning --outfile=$@ \
		"--external:/node_modules/*" --external:./redis_lua.mjs --external:url --external:module

$(BUILD)/chromium.stamp: toolchain/find_chromium.sh | $(VENV)/.stamp
	@mkdir -p $(BUILD)
	@sh toolchain/find_chromium.sh $(VENV)/bin/playwright
	@touch $@
