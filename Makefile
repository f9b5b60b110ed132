# promo_lib. `make` lists what there is to do; PYTHON=python3.12 make ... takes another Python.
PYTHON   ?= python3
CAMPAIGN ?= 18
BUDGET   ?= 500
OUT      ?= reports
VENV     := .venv
BIN      := $(VENV)/bin
PIP      := $(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore -c constraints.txt
TORCH    := $(shell grep '^torch==' constraints.txt)
NEEDS    := settings.ini setup.py pyproject.toml constraints.txt

# Nothing of the machine's own shall leak in, and nothing be written outside the checkout.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PYTHONNOUSERSITE := 1
export TOKENIZERS_PARALLELISM := false
export JUPYTER_PLATFORM_DIRS := 1
# Spark starts workers by the name python3, which may be another Python than ours.
export PYSPARK_PYTHON := $(CURDIR)/$(BIN)/python
export PYSPARK_DRIVER_PYTHON := $(CURDIR)/$(BIN)/python
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
report test cover check docs readme: export HF_HUB_OFFLINE := 1
report test cover check docs readme lab export: export IPYTHONDIR := $(CURDIR)/.cache/ipython
report test cover check docs readme: export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter
report test cover check docs readme: export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter

.PHONY: help report test cover check export docs readme lab dist clean

# IPython and Jupyter complain of folders of theirs that are not there.
FOLDERS := .cache/ipython .cache/jupyter .cache/matplotlib
$(FOLDERS):
	@mkdir -p $@
report test cover check docs readme lab export: | $(FOLDERS)

.DEFAULT_GOAL := help
help:
	@echo 'make report   install, plan campaign 18 as if it were still to come, and write a page of the plan'
	@echo '              and of what came of it (CAMPAIGN=, BUDGET=, OUT=)'
	@echo 'make test     install everything and run all checks (make check: those that take less than a minute)'
	@echo 'make cover    the same as make test with the long tests, and which share of the lines of promo_lib it runs'
	@echo 'make export   write modules and stubs from the notebooks, and clean the notebooks'
	@echo 'make docs     build the site into _site'
	@echo 'make readme   write README.md from nbs/index.ipynb'
	@echo 'make lab      open JupyterLab on the notebooks'
	@echo 'make dist     build the wheel and the source archive into dist'
	@echo 'make clean    remove what was built and the virtual environment; reports stay'

report: $(VENV)/.demo
	$(BIN)/promo rehearse --campaign $(CAMPAIGN) --budget $(BUDGET) --out $(OUT)

test: $(VENV)/.all
	$(BIN)/python tools/check.py

cover: $(VENV)/.all
	$(BIN)/python tools/check.py --cover

check: $(VENV)/.all
	$(BIN)/python tools/check.py --fast

export: $(VENV)/.all
	$(BIN)/nbdev-export
	$(BIN)/python tools/stubs.py
	$(BIN)/nbdev-clean

docs: $(VENV)/.all
	$(BIN)/python tools/build_docs.py site

readme: $(VENV)/.all
	$(BIN)/python tools/build_docs.py readme

lab: $(VENV)/.all
	$(BIN)/jupyter lab nbs

dist: $(VENV)/.all
	rm -rf build dist
	$(BIN)/python -m build

clean:
	rm -rf $(VENV) build dist _site _docs _proc .cache .pytest_cache .hypothesis *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

# torch first: in one go with the rest pip may take a newer build of several gigabytes.
$(VENV)/.demo: $(VENV)/.made $(NEEDS)
	@echo 'Installing into $(VENV): some minutes the first time.'
	$(PIP) $(TORCH)
	$(PIP) -e '.[demo]'
	@touch $@

$(VENV)/.all: $(VENV)/.demo
	$(PIP) -e '.[all]'
	$(BIN)/promo fetch mpnet || echo 'without mpnet: what tests it is left out'
	@touch $@

# The environment is made anew when it is of another Python, of another place, or not ours at all.
WANT := $(shell $(PYTHON) -c 'import sys; print(*sys.version_info[:2], sys.base_prefix)') $(CURDIR)
ifneq ($(WANT),$(shell cat $(VENV)/.made 2>/dev/null))
.PHONY: $(VENV)/.made
endif
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "promo_lib needs Python 3.11 or newer: PYTHON=python3.12 make ...")'
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install pip setuptools; } || { rm -rf $(VENV); \
	  echo 'Python has neither ensurepip nor pip. On Debian or Ubuntu: apt-get install python3-venv'; exit 1; }
	@echo '$(WANT)' > $@
