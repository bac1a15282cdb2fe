# Needs a Linux machine with Python 3.11 or newer with venv, and make; everything else is fetched.

PYTHON ?= python3
UV := $(or $(shell command -v uv),.local/uv/bin/uv)
PY := .venv/bin/python
HOUSE := $(PY) -m ventanilla_local
PROJECTS := uv.lock pyproject.toml $(wildcard */pyproject.toml services/*/pyproject.toml deploy/*/pyproject.toml)
PACKAGES := contracts/ventanilla_contracts contracts/evolution $(foreach service,chassis intake routing notifications satisfaction reporting,\
	services/$(service)/$(service)) deploy/local/ventanilla_local
STAMP := .venv/.set-up

# Where it is set, each of the many processes of a run would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help doctor setup run demo stop test e2e faults timers bench bench-all lint type fmt contracts release-contracts clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  INFRA=env|docker|local|embedded chooses where broker, database and mail server come from;"
	@echo "  without it the first that this machine has is taken (make doctor says which)."

doctor: ## say what is missing on this machine and how to get it
	@$(PYTHON) deploy/local/ventanilla_local/doctor.py

setup: $(STAMP) ## install uv and the workspace, once (run and test call it)

$(STAMP): $(PROJECTS) | $(UV)
	@$(UV) sync --frozen --quiet >&2
	@$(PYTHON) deploy/local/ventanilla_local/doctor.py --install >&2
	@touch $@

.local/uv/bin/uv:
	@$(PYTHON) -m venv .local/uv >&2
	@.local/uv/bin/python -m pip install --quiet --disable-pip-version-check uv >&2

run: setup ## the whole house with a sample day of cases (SAMPLE=again: a new one); Ctrl-C stops it
	$(HOUSE) run

demo: setup ## a month of cases in some minutes (MINUTES= SEED= STAY=1)
	$(HOUSE) demo

stop: ## end a `make run` or `make demo` of this checkout that runs elsewhere
	$(HOUSE) stop

test: setup ## every test, on real servers; SUITES="routing e2e" for some
	@$(if $(and $(SUITES),$(if $(filter browser,$(SUITES)),,no)),:,$(PYTHON) deploy/local/ventanilla_local/doctor.py --install-browser) >&2
	$(HOUSE) test $(SUITES)

e2e: setup ## the journey through all five services
	$(HOUSE) test e2e

faults: setup ## kill, stop, cut and slow down each part of the house under load, for an hour (SEED= LOAD= ONLY="routing kill")
	@$(PY) -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(LOAD),--load $(LOAD)) $(if $(ONLY),--only '$(ONLY)') $(if $(OUT),--out $(OUT))

timers: setup ## ten thousand cases with timers that are due, two processes and a kill between (CASES=)
	@TIMERS_CASES=$(or $(CASES),10000) $(HOUSE) with-infra --no-mail -- $(PY) -m pytest -q -s services/routing/tests/integration/test_due_timers.py

bench: setup ## the step beside a bare loop and hexkit, filing by HTTP; within 5 minutes
	@$(HOUSE) with-infra --no-mail -- $(PY) -m tests.bench

bench-all: setup ## the long measurements, into .local/bench/ (ONLY="house latency growth backlog memory mails")
	@$(PY) -m tests.bench.all $(ONLY)

lint: setup ## ruff and the import rules
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/lint-imports

type: setup ## mypy, strict
	.venv/bin/mypy $(PACKAGES)
	@for tests in $(wildcard */tests services/*/tests deploy/*/tests); do \
		find $$tests -name '*.py' | grep -q . || continue; \
		echo .venv/bin/mypy $$tests; MYPYPATH=$$tests .venv/bin/mypy $$tests || exit 1; \
	done
	.venv/bin/mypy tests

fmt: setup ## format the code
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

contracts: setup ## are schemas, AsyncAPI and OpenAPI in step with the code, and readable by what was released?
	$(PY) contracts/generate.py --check
	cd contracts && ../$(PY) -m evolution check
	$(PY) -m tests.contract.openapi_documents --check

release-contracts: setup ## keep today's schemas as a release, against which all later ones are compared
	cd contracts && ../$(PY) -m evolution release

clean: ## remove what was installed, downloaded and kept, except what git keeps
	rm -rf .venv .local .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
