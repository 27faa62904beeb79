# Everything runs in .venv, which the first command makes: Python 3.11 and make are all that is needed.
.DEFAULT_GOAL := help
.PHONY: help up down password status snapshot restore new-store rebuild redact sheets-check run sync standalone screenshots \
	power-bi demo-files test test-browser test-compose lint bench lock clean

BASE_PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .venv/bin/uv --quiet --system-certs
UV_VERSION := 0.13.9
PYTHON := .venv/bin/python
CONF ?= {}
export CONF
# Airflow compiles for five seconds: once, not in every process.
unexport PYTHONDONTWRITEBYTECODE
# Tests wait for the disk now and then.
WORKERS = $$(($$(getconf _NPROCESSORS_ONLN) + 1))
LOCAL := PYTHONPATH=include:plugins $(PYTHON) include/local_airflow.py
# A command on the database: in the containers when they run, else in .venv.
define database_command
	@if docker compose exec --no-TTY scheduler true 2> /dev/null; \
	then docker compose exec --no-TTY scheduler python include/database_commands.py $(1); \
	else $(MAKE) --silent .venv/installed && $(LOCAL) $(1); fi
endef

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## The whole platform in Docker, on http://localhost:8080
	@docker compose up --detach --build
	@docker compose logs --follow --no-log-prefix welcome

down: ## Stop the platform; everything it knows stays
	@docker compose down

password: ## Show the admin's password; make password RESET=yes makes a new one
	@$(if $(RESET),docker compose run --rm --no-deps init reset-password)
	@docker compose exec --no-TTY api-server cat /secrets/admin.password; echo

run: .venv/installed ## No Docker: one full sync of the demo store, or of the store in .env
	@$(LOCAL) run

sync: .venv/installed ## No Docker: one sync of what changed: make sync [CONF='{"full_sync": true}']
	@$(LOCAL) sync "$$CONF"

status: ## Is all well? The last runs, retries and why, how old the data is
	$(call database_command,status)

snapshot: ## A copy of the database for programs on other hosts: make snapshot [TO=/path/to/file.db]
	$(call database_command,snapshot $(if $(TO),"$(TO)"))

restore: ## Go back to a backup: make restore FROM=<file>; without FROM it lists them
	$(call database_command,restore $(if $(FROM),"$(FROM)"))

new-store: ## Move the data of the store that was read before away, for another store
	$(call database_command,new-store)

rebuild: ## Make everything anew that is derived from orders, and the files
	$(call database_command,rebuild)

redact: ## Blank a customer everywhere: make redact CUSTOMER=<id> [ORDERS="<id> <id>"]
	$(call database_command,redact "$(CUSTOMER)" "$(ORDERS)")

sheets-check: ## Can a sync write the Google spreadsheet? Credentials, access, room; changes nothing
	$(call database_command,sheets-check)

standalone: .venv/installed ## No Docker: Airflow with its UI and scheduler on http://localhost:8080
	@$(LOCAL) standalone

screenshots: .venv/installed ## Pictures of the dashboards into dashboards/screenshots; needs Chromium
	@PYTHONPATH=include:plugins $(PYTHON) include/screenshots.py

power-bi: .venv/installed ## The Power BI files in dashboards anew, from include/power_bi/specification
	@PYTHONPATH=include:plugins $(PYTHON) -m power_bi

demo-files: .venv/installed ## CSV files of a demo store that is always the same: make demo-files FOLDER=<folder>
	@PYTHONPATH=include:plugins $(PYTHON) -m power_bi.demo $(if $(FOLDER),"$(FOLDER)")

test: .venv/installed ## Every test that needs neither Docker nor a browser
	$(PYTHON) -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

test-browser: .venv/installed ## The dashboards in Chromium, which must be on this machine
	$(PYTHON) -m pytest --numprocesses 2 --dist loadfile tests/browser

test-compose: .venv/installed ## What needs Docker: starts, breaks and upgrades the whole platform, half an hour
	$(PYTHON) -m pytest tests/compose

lint: .venv/installed ## ruff, with Airflow's rules, and mypy
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

bench: .venv/installed ## Speed and memory beside dlt, sqlite3 and empty tasks, about 40 minutes; ONLY=load for a part
	@$(MAKE) --silent .venv-bench/installed || echo "dlt could not be installed; the rest is measured." >&2
	@PYTHONPATH=include:. $(PYTHON) -m tests.bench $(ONLY)

lock: .venv/installed ## Pin the newest versions that requirements*.in allow
	$(UV) pip compile --universal --upgrade --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements.in --output-file requirements.txt
	$(UV) pip compile --universal --upgrade --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements-dev.in --output-file requirements-dev.txt
	$(UV) pip compile --universal --upgrade --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements-docker.in --output-file requirements-docker.txt
	$(UV) pip compile --universal --upgrade --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements-bench.in --output-file requirements-bench.txt

clean: ## Remove .venv, .venv-bench and Airflow's own database; data/ and logs/ stay
	rm -rf .venv .venv-bench .airflow

.venv/installed: requirements.txt requirements-dev.txt provider/pyproject.toml provider/shopify_analytics_provider.py
	@$(BASE_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Python 3.11 is needed. Where it has another name: make BASE_PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Setting up .venv …"
	@$(BASE_PYTHON) -m venv --clear .venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(UV) pip sync --python $(PYTHON) requirements.txt requirements-dev.txt
	@$(UV) pip install --python $(PYTHON) --no-deps ./provider
	@touch $@

.venv-bench/installed: requirements-bench.txt
	@echo "Setting up .venv-bench …" >&2
	@$(PYTHON) -m venv --clear --without-pip .venv-bench
	@$(UV) pip sync --python .venv-bench/bin/python requirements-bench.txt
	@touch $@
