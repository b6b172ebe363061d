# StreAir, on a bare Debian 12 as root or with sudo: `make run`. PORT, RTMP_PORT and DATA_DIR are
# honored, from the command line, the environment or `.env`: make run PORT=4000 RTMP_PORT=4935 DATA_DIR=var2

PY := .venv/bin/python
MANAGE := DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py
BESIDE_SERVERS := $(PY) -m tests.servers.stack

QUICK := -n 2 -m "not system and not load" --ignore=tests/e2e
# They mostly wait; the tests of one file share their servers.
SYSTEM := -n 2 --dist loadfile -m "system and not load" --ignore=tests/e2e --ignore=tests/system/test_promises.py
# Beside nothing else: its times are short.
ALONE := -m system tests/system/test_promises.py
# A picture that two browsers decode at a time comes late on a small machine.
BROWSER := -m "e2e and not load" tests/e2e
# What touches neither database nor cache, or brings its own, need not be tried with another one.
DATABASE_BOUND := $(addprefix --ignore=tests/,unit/streams/relay unit/load unit/deploy relay deploy \
	$(addprefix system/test_,shim.py relay_formats.py relay_viewers.py relay_slow_viewers.py \
	chat_outages.py frozen_servers.py front.py front_refusals.py front_health.py slow_clients.py \
	guide.py two_machines.py whole_site.py))

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run demo edge ingest test check fmt bench clean setup setup-test packages packages-test \
	test-js test-embedded test-servers

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: setup ## Set up what is missing, start the site and the sidecar, print the addresses
	@$(PY) -m deploy.run

demo: setup ## The same, with a demo streamer on air and an audience
	@$(PY) -m deploy.run --demo

edge: setup ## Only show streams of another StreAir to its viewers (see docs/operations.md)
	@$(PY) -m streams.edge

ingest: setup ## Only take streams for a StreAir on another machine (see docs/operations.md)
	@$(PY) -m streams.sidecar

test: setup-test check test-js test-embedded test-servers ## Set up and run every check and test

check: .venv/.ready-test ## Look for mistakes without running anything (about a minute at most)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --check --quiet templates
	.venv/bin/djlint --lint --quiet templates
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null
	CLIENT_URL=https://live.example.org $(MANAGE) check --deploy --fail-level WARNING

fmt: .venv/.ready-test ## Format Python and templates
	.venv/bin/ruff check --fix --quiet .
	.venv/bin/ruff format .
	.venv/bin/djlint --reformat --quiet templates

bench: setup-test tests/lighthouse/node_modules/.package-lock.json ## Measure pages and the delay in a browser, the list of rooms, chat and the relay
	@$(PY) -m tests.load.browser_delay; seen=$$?; $(PY) -m tests.load.page_weight || seen=1; \
		$(PY) -m tests.load.room_list || seen=1; \
		$(BESIDE_SERVERS) $(PY) -m tests.load.chat_bench || seen=1; \
		$(PY) -m tests.load.bench && exit $$seen

clean: ## Remove what setting up made; DATA_DIR stays
	rm -rf .venv tests/peers/node_modules tests/lighthouse/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# --- Setting up -------------------------------------------------------------------------

setup: packages .venv/.ready

setup-test: packages-test .venv/.ready-test tests/peers/node_modules/.package-lock.json

packages:
	@deploy/install-packages run

packages-test:
	@deploy/install-packages run test bench

.venv/.ready: requirements.txt requirements.lock | packages
	@deploy/make-venv requirements.txt
	@touch $@

.venv/.ready-test: requirements.txt requirements-dev.txt requirements.lock | packages
	@deploy/make-venv requirements-dev.txt
	@touch .venv/.ready $@

tests/%/node_modules/.package-lock.json: tests/%/package-lock.json | .venv/.ready-test
	@PATH="$$PWD/.venv/bin:$$PATH" npm ci --prefix tests/$* --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# --- The parts of `make test` -----------------------------------------------------------

test-js:
	.venv/bin/node --test "tests/js/**/*.test.mjs"

test-embedded:
	$(PY) -m pytest $(QUICK)
	$(PY) -m pytest $(SYSTEM)
	$(PY) -m pytest $(ALONE)
	$(PY) -m pytest $(BROWSER)

test-servers:
	$(BESIDE_SERVERS) $(PY) -m pytest $(QUICK) $(DATABASE_BOUND)
	$(BESIDE_SERVERS) $(PY) -m pytest $(SYSTEM) $(DATABASE_BOUND)
