# Weerglas: `make demo` runs the whole monitor on simulated schools, `make test` proves it. Both set themselves up.
PYTHON ?= python3
VENV := .venv
UV_VERSION := 0.13.9
READY := $(VENV)/.ready
BIN := $(VENV)/bin
export UV_PROJECT_ENVIRONMENT := $(VENV)
WORKERS ?= 2
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint test-slow bench-serving bench-psychometrics bench-account bench-reports bench-national browser programs postgres openssh clean

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(READY)  ## Prepare .venv with the exact versions of uv.lock

$(READY): uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Weerglas needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "Setting up .venv with the versions of uv.lock (once; about half a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@PATH="$$PATH:$(BIN)" uv sync --frozen --inexact --quiet --python $(BIN)/python
	@touch $@

demo: setup  ## Serve an open afname of a simulated school on 127.0.0.1
	@$(BIN)/weerglas demo $(DEMO)

lint: setup
	@echo "Style, types and walls: uv lock, ruff, mypy, import-linter"
	@PATH="$$PATH:$(BIN)" uv lock --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports

browser:
	@command -v $${WEERGLAS_CHROMIUM:-chromium} >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's chromium for the browser tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo "NO CHROMIUM: install it, or name one in WEERGLAS_CHROMIUM; browser tests are skipped"; fi

programs:  # the readers of other programs, for tests/interchange and of the paper of a school
	@missing=""; for program in node:nodejs npm:npm java:default-jre-headless pspp:pspp pdftotext:poppler-utils; do \
	  command -v $${program%%:*} >/dev/null || missing="$$missing $${program##*:}"; done; \
	if [ -z "$$missing" ]; then :; elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing from Debian for the tests of interchange:$$missing"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "MISSING FOR tests/interchange:$$missing; install them, or those tests are skipped"; fi
	@test tests/npm/node_modules/.package-lock.json -nt tests/npm/package-lock.json || \
	{ command -v npm >/dev/null && npm ci --prefix tests/npm --silent; } || \
	echo "NO survey-core: npm could not install it; the tests of SurveyJS are skipped"

postgres:  # for tests/store: they start a cluster of their own in a temporary folder, and never a service
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's postgresql for the tests of the store"; \
	  own=/etc/postgresql-common/createcluster.d/weerglas-tests.conf; mkdir -p $${own%/*}; echo "create_main_cluster = false" > $$own; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null; rm -f $$own; \
	else echo "NO POSTGRESQL: install it (Debian: postgresql); the tests of the shared store are skipped"; fi

openssh:  # for tests/levering: they start an sshd of their own on loopback, and never a service
	@test -x /usr/sbin/sshd || command -v sshd >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's openssh-server for the tests of leveringen"; \
	  test -e /usr/sbin/policy-rc.d || { printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; own=1; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openssh-server >/dev/null; \
	  test -z "$$own" || rm -f /usr/sbin/policy-rc.d; ! command -v systemctl >/dev/null || systemctl disable --quiet ssh 2>/dev/null || true; \
	else echo "NO SSHD: install it (Debian: openssh-server); the tests of SFTP are skipped"; fi

test: setup browser programs postgres openssh lint  ## Prove everything: style, walls, unit, golden, fault and browser tests, notebooks
	@echo "Tests, and the notebooks of the evidence against their committed outputs"
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder tests notebooks/3*.ipynb notebooks/40*.ipynb --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg -m "not slow"

test-slow: setup browser postgres openssh  ## The proofs that take minutes
	@$(BIN)/pytest tests -m slow

bench-serving: setup  ## Time a class, a school and a thousand pupils, beside Voilà, Solara and a form
	@$(BIN)/python -m benchmarks.bench_serving

bench-storage: setup postgres  ## Time a burst of 300 saves on SQLite and PostgreSQL
	@$(BIN)/python -m benchmarks.bench_storage

bench-psychometrics: setup  ## Time the psychometric core, beside R where it is installed
	@$(BIN)/python -m benchmarks.bench_psychometrics

bench-account: setup  ## Time the verantwoordingsdocument on 20,000 pupils, and on 1.2 million: make bench-account NATIONAL=--national
	@$(BIN)/python -m benchmarks.bench_account $(NATIONAL)

bench-national: setup  ## Time all aggregates of 1.2 million responses through the gate: 6 s and 1 GB are asked
	@$(BIN)/python -m benchmarks.bench_national

bench-reports: setup  ## Time the reports of 7,000 simulated schools: 6 minutes and 300 MB a worker are asked
	@$(BIN)/python -m benchmarks.bench_reports

clean:  ## Remove .venv and caches (never a data folder)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
