# Everything a newcomer needs: `make report` and `make test`. Both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: report region test types tests check build bench docs lock quarto notebooks format clean
# The real project, and beside it the invented one; neither knows of the other.
report: .venv/running
	$(BIN)/analysis report
	$(BIN)/analysis demo demo
	$(BIN)/analysis --project demo report

# An invented region of small towns with its reports; between, all towns but one approve what was built.
region: .venv/running
	$(BIN)/analysis region demo demo-region
	$(BIN)/analysis region build --region demo-region
	$(BIN)/analysis region demo demo-region
	$(BIN)/analysis region report --region demo-region
	$(BIN)/analysis region report --region demo-region --audience internal

test: .venv/developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(MAKE) --no-print-directory --jobs=2 types tests

# Side by side: checking the types keeps one core busy, and the tests begin and end with less than all.
types: .venv/developing
	$(BIN)/mypy

# A process of tests for each core already; threads of linear algebra on top of them only wait for each other.
tests: export OPENBLAS_NUM_THREADS = 1
# Tests start many processes; where Python may write no bytecode, each would compile the package anew.
tests: export PYTHONDONTWRITEBYTECODE =
tests: .venv/developing
	$(BIN)/pytest -n auto --dist worksteal

check build: .venv/running
	$(BIN)/analysis $@

bench: .venv/developing
	$(BIN)/python -m benchmarks

# The data dictionary, made from the contracts, and the layouts of plans, made from the test documents.
docs: .venv/developing
	$(BIN)/python -m analysis.contracts.dictionary > docs/data-dictionary.md
	PYTHONPATH=tests $(BIN)/python tests/intake/test_plan_kinds.py

format: .venv/developing
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Quarto is optional: its package downloads the program while installing, which many offices block.
quarto: .venv/running
	$(BIN)/uv pip install --python $(BIN)/python -r pyproject.toml --extra quarto

notebooks: .venv/running
	$(BIN)/uv pip install --python $(BIN)/python -r pyproject.toml --extra notebooks --extra sql
	$(BIN)/jupyter lab notebooks

# The locks hold hashes and no addresses.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: .venv/uv
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	echo uv | $(LOCK) - -o requirements-uv.lock

.venv/uv: requirements-uv.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	touch $@

# Libraries are compiled here: where Python may write no bytecode, each command would spend 3 s on it.
.venv/running: .venv/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	touch $@

.venv/developing: .venv/running requirements-dev.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf .venv reports/_site* reports/_content reports/*/_content reports/*/figures reports/*/data output demo demo-region
	find data/processed -mindepth 1 ! -name README.md -delete
