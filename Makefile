# make demo: the page on http://localhost:7860 (PORT= changes it). make test: every check. See README.md.
PYTHON ?= python3
DATA ?= data
BIN := .venv/bin
APT := -o DPkg::Lock::Timeout=300  # seconds to wait for another apt

.PHONY: setup demo test quick lint format chromium audit tables ablations cards architecture examples pictures clean

setup: .venv/installed

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

.venv/installed-test: .venv/installed requirements-train.txt requirements-scorer.txt requirements-test.txt
	$(BIN)/pip install --quiet -r requirements-test.txt
	touch $@

demo: .venv/installed
	$(BIN)/python app.py

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Debian's package: Playwright's own download is not reachable everywhere.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| { SUDO=$$([ $$(id -u) = 0 ] || echo sudo); $$SUDO apt-get $(APT) update -qq && $$SUDO apt-get $(APT) install -y -qq chromium >/dev/null; }

test: lint chromium
	$(BIN)/python -m pytest

# The part of the suite that ends in under a minute: no browser, no test marked slow.
quick: .venv/installed-test
	$(BIN)/python -m pytest -n auto -m "not browser and not slow"

# Known vulnerabilities of what is installed. Needs pypi.org itself: a mirror has no such database.
audit: .venv/installed
	$(BIN)/pip install --quiet pip-audit
	$(BIN)/pip-audit --skip-editable

tables: .venv/installed-test
	$(BIN)/python -m pix2pix.evaluation.tables --data $(DATA) --runs runs $(if $(FEATURES),--features $(FEATURES))

# The runs that fill the tables, one after the other (SET=cityscapes: on street scenes); cut off, it is resumed.
# Hours on a CPU.
ablations: .venv/installed-test
	$(BIN)/python -m pix2pix.evaluation.ablations --data $(DATA) $(if $(SET),--set $(SET))

# docs/architecture.svg from the import table.
architecture: .venv/installed
	$(BIN)/python -m tools.architecture

cards: .venv/installed
	$(BIN)/python -m pix2pix cards

examples: .venv/installed-test
	$(BIN)/python -m tools.examples
	$(BIN)/python -m tools.crude

pictures: .venv/installed-test chromium
	$(BIN)/python docs/take_pictures.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache
