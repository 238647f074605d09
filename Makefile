# Trivium needs Python 3.11+ (with venv and pip) and make; everything else comes in wheels.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
TESTENV := env -u DATABASE_URL -u BROKER_URL -u EMAIL_URL -u BASE_URL
# What a real installation sets; for `check --deploy`.
PRODUCTION := DEMO=no SECRET_KEY=check-only-0a1b2c3d4e5f6g7h8i9jklmnopqrstuvwxyzABCDEFGHIJ BASE_URL=https://trivium.example EMAIL_URL=smtp://localhost

.PHONY: run test bench lint words clean

run: $(VENV)/.installed
	@exec $(BIN)/python manage.py up

# The tests' database is migrated meanwhile (tests/template.py); what goes wrong there is told when the tests begin.
test: $(VENV)/.installed-dev
	@$(TESTENV) $(BIN)/python -m tests.template >/dev/null 2>&1 &
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	$(TESTENV) $(BIN)/python manage.py makemigrations --check --dry-run
	$(TESTENV) $(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(TESTENV) $(BIN)/python -m pytest -n 2

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed
	$(BIN)/python manage.py bench

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Trivium needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Trivium needs Python 3.11 or newer; $(PYTHON) is older."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Cannot make $(VENV): Python's venv module is missing (Debian: apt-get install python3-venv), or the folder is not writable."; exit 1; }

# The mark is written last: a half-finished installation is taken up again.
$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing (the first time takes a minute or two) …"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@echo "Installing what the tests need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

# Texts of the interface: gather them into the catalogues, say how much is translated.
words: $(VENV)/.installed
	$(BIN)/python manage.py words

clean:
	rm -rf $(VENV) .data/tests .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
