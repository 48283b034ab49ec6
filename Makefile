# make report   a report of real word vectors, from nothing but Python, pip and venv
# make test     every test: Python, JavaScript, browser; sets up what it needs. Those in Python run a second time as if
#               numba was not installed, but for what tests/conftest.py names: tests of numba's kernels, of UMAP, which
#               needs numba, of installing the wheel with it, and of the page's own code, in which nothing depends on it.
PYTHON ?= python3
BIN := .venv/bin
EXAMPLE := examples/words/logdir

.PHONY: report test lint clean

report: .venv/installed
	$(BIN)/embreport build $(EXAMPLE) --title 'English words' -o report.html
	@echo "The report is $(CURDIR)/report.html; open it in a browser."

test: .venv/ready-to-test lint
	tests/node $(BIN) --test tests/js/*.test.mjs
	$(BIN)/python -m pytest -n auto --dist loadfile
	$(BIN)/python -m pytest -n auto --dist loadfile --without-numba

lint: .venv/ready-to-test
	$(BIN)/ruff check .
	$(BIN)/mypy

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/ready-to-test: pyproject.toml tests/node tests/browser/install
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	tests/node $(BIN) --version
	tests/browser/install
	@touch $@ .venv/installed

clean:
	rm -rf .venv report.html
