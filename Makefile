PYTHON ?= python3

bin := .venv/bin

.PHONY: setup try lint test build clean

# Everything that the targets below need; runs once, and again when pyproject.toml changes.
setup: .venv/.developed

.venv/.created:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.created pyproject.toml
	$(bin)/python -m pip install --quiet --editable .
	@touch $@

.venv/.developed: .venv/.created pyproject.toml
	$(bin)/python -m pip install --quiet --editable '.[dev]'
	@touch .venv/.installed $@

# The findings are the point here, so they do not fail the target.
try: .venv/.installed
	@$(bin)/inngest-lint check --exit-zero examples

lint: .venv/.developed
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

test: lint
	$(bin)/pytest -n auto

build: .venv/.developed
	$(bin)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
