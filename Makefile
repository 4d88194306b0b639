# Everything a person or a machine needs of this repository: make demo · test · check · bench · lock · clean.
# Each target first brings `.venv/` up to date by itself; a second run has nothing to do.

.PHONY: demo test check bench lock clean setup tools help
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
export PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
QUIET := --quiet --python $(BIN)/python
INSTALL := $(UV) pip install $(QUIET)
PLUGINS := $(sort $(dir $(wildcard plugins/*/pyproject.toml)))
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --override requirements/overrides.txt
export DJANGO_SETTINGS_MODULE ?= cms.settings.development
export UV_NO_PROGRESS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:
	@echo "make demo    một bản chạy thử đầy đủ / a complete running demonstration"
	@echo "make test    các phép thử / the tests          make check   kiểu, quy tắc, bản dịch / types, rules, translations"
	@echo "make bench   các phép đo / the measurements    make lock    khoá phiên bản / lock versions    make clean"

demo: setup
	@$(BIN)/bangtin demo

test: tools
	@DJANGO_SETTINGS_MODULE=cms.settings.testing $(BIN)/pytest -q -n 2 $(ARGS)

# One line for each thing that holds; the first that does not ends it with its own words.
check: tools
	@.ci/check

bench: tools
	@$(BIN)/python -m benchmarks $(NAME)

setup: $(VENV)/.project
	@$(BIN)/python -m cms.runtime.translations compile

tools: $(VENV)/.tools setup

$(VENV)/.uv: requirements/bootstrap.txt requirements/system.sh
	@requirements/system.sh run
	@test -x $(BIN)/python || { echo "• Python"; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/bootstrap.txt
	@touch $@

# The lock is installed without resolving: moviepy's own bound on Pillow is overruled (docs/decisions/0001).
$(VENV)/.packages: requirements/runtime.txt $(VENV)/.uv
	@echo "• Gói phần mềm / packages"
	@$(INSTALL) --require-hashes --no-deps --compile-bytecode --requirement requirements/runtime.txt
	@touch $@

$(VENV)/.project: pyproject.toml $(wildcard plugins/*/pyproject.toml) $(VENV)/.packages
	@echo "• Bảng Tin"
	@$(INSTALL) --no-deps --no-build-isolation --editable . $(foreach plugin,$(PLUGINS),--editable $(plugin))
	@$(BIN)/python -m compileall -q cms renderers plugins
	@touch $@

$(VENV)/.tools: requirements/development.txt player_web/package-lock.json $(VENV)/.packages
	@requirements/system.sh test
	@echo "• Công cụ kiểm thử / test tools"
	@$(INSTALL) --require-hashes --no-deps --compile-bytecode --requirement requirements/development.txt
	@cd player_web && npm ci --silent --no-audit --no-fund
	@touch $@

lock: $(VENV)/.uv
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header requirements/bootstrap.in --output-file requirements/bootstrap.txt
	@$(LOCK) requirements/runtime.in --output-file requirements/runtime.txt
	@$(LOCK) requirements/development.in --constraint requirements/runtime.txt --output-file requirements/development.txt
	@$(LOCK) player_web/kiosk/requirements.in --constraint requirements/runtime.txt --output-file player_web/kiosk/requirements.txt

clean:
	@rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis player_web/node_modules
	@rm -rf *.egg-info plugins/*/*.egg-info plugins/*/build
	@find cms renderers plugins tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	@find cms plugins -name '*.mo' -delete
