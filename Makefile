# Vouchbird. `make` alone says what there is to make.

SWIFT ?= swift
NODES ?= 12
SYBILS ?= 200
SEED ?= 7
# Seeds and processes of `make sim` and `make sim-night`.
SEEDS ?= 1..200
NIGHT ?= 1..5000
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
# A folder with train.tsv and trust.tsv; empty: the community is generated from SEED.
DATA ?=
# Arguments of `make run`, for example: make run ARGS="status --json"
ARGS ?= --help

RELEASE = $(SWIFT) build --configuration release --product vouchbird

# Cases and options of `make bench`; empty: everything.
BENCH ?=

.DEFAULT_GOAL := help
SIMNET = $(SWIFT) build --configuration release --product simnet

# Target and seconds of `make fuzz`; KEEP=1 leaves the corpus of the repository as it is.
TARGET ?= all
SECONDS ?= 60

# Inputs of `make fuzz-long`, and the number of the first: what an interrupted run says to go on.
RUNS ?= 1000000
FIRST ?= 0

# The revision whose program half of the daemons of `make upgrade` begin as.
OLDER ?=

# `quick` for seconds instead of an hour, or parts of it, as SOAK="--only idle,flood --damages 100".
SOAK ?=

# Which mutants `make mutants` plants.
MUTANTS ?= *
# Where it keeps its copy and build for the next time; empty: nowhere.
MUTANTS_DIR ?=

.PHONY: help setup build demo test test-cluster upgrade fuzz fuzz-long soak sim sim-night mutants bites bench measure-threats bench-gate \
	bench-gate-renew determinism lint format run clean

help: ## say what each goal does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the system packages that are missing (Debian, Ubuntu)
	@scripts/setup.sh

build: setup ## build the release binary
	@echo "== building vouchbird (release; the first build takes some minutes)"
	@$(RELEASE)

demo: build ## 12 real nodes, 200 Sybils, one attack edge, under a minute (DATA=DIR for your own data)
	@echo "== demo"
	@"$$($(RELEASE) --show-bin-path)/vouchbird" demo --nodes $(NODES) --sybils $(SYBILS) \
		--seed $(SEED) $(if $(DATA),--data "$(DATA)")

test: setup ## build and run every test, real processes included
	@echo "== building the tests (debug; the first build takes some minutes)"
	@$(SWIFT) build --build-tests
	@echo "== testing"
	@scripts/test.sh $(SWIFT) test --skip-build

fuzz: setup ## search for inputs that break a decoder or the core (TARGET=frame SECONDS=60)
	@scripts/fuzz.sh $(TARGET) $(SECONDS) $(if $(KEEP),--keep)

fuzz-long: setup ## the same without a sanitizer, many times as fast (TARGET=decoders RUNS=100000000 JOBS=2)
	@scripts/fuzz-long.sh $(TARGET) $(RUNS) $(JOBS) $(SEED) $(FIRST)

soak: setup ## bars of real daemons that take an hour or more (SOAK=quick: a minute; SOAK="--only idle")
	@echo "== building vouchbird and simnet (release)"
	@$(RELEASE)
	@$(SIMNET)
	@"$$($(SIMNET) --show-bin-path)/simnet" soak $(if $(filter quick,$(SOAK)),--quick,$(SOAK))

sim: setup ## the gate: 200 simulated networks, faults and adversaries drawn from the seeds, 3 minutes
	@echo "== building simnet (release)"
	@$(SIMNET)
	@echo "== regressions"
	@scripts/sim-regressions.sh "$$($(SIMNET) --show-bin-path)/simnet"
	@echo "== swarm, seeds $(SEEDS)"
	@"$$($(SIMNET) --show-bin-path)/simnet" sweep swarm --seeds $(SEEDS) --jobs $(JOBS)

sim-night: ## the same for as many seeds as a night holds (NIGHT=1..5000)
	@$(MAKE) --no-print-directory sim SEEDS=$(NIGHT)

mutants: setup ## plant every bug of simnet/mutants and see that a test notices (MUTANTS='core-*')
	@python3 simnet/mutants/run.py '$(MUTANTS)' $(if $(MUTANTS_DIR),--keep "$(MUTANTS_DIR)"); \
		code=$$?; python3 simnet/mutants/run.py --table > docs/mutants.md; exit $$code

bites: setup ## what each Byzantine peer and fault does to a node without its defence, and to ours (MUTANTS='core-*')
	@python3 simnet/mutants/run.py '$(MUTANTS)' --bites $(if $(MUTANTS_DIR),--keep "$(MUTANTS_DIR)"); \
		code=$$?; python3 simnet/mutants/run.py --bites --table > docs/bites.md; exit $$code

test-cluster: setup ## compare a sweep on a Dask cluster of this machine with one in processes
	@$(SIMNET)
	@python3 simnet/cluster/test_fan.py "$$($(SIMNET) --show-bin-path)/simnet"

upgrade: setup ## real daemons, half of them of an older revision and upgraded meanwhile (OLDER=REV)
	@$(RELEASE)
	@$(SIMNET)
	@scripts/upgrade.sh "$(OLDER)" "$$($(SIMNET) --show-bin-path)/simnet"

measure-threats: setup ## T1, T13, T17, T18, T19, T43 at full size, and ingest from the wire to the disk (release; long)
	@VOUCHBIRD_MEASURE=1 $(SWIFT) test --configuration release -Xswiftc -enable-testing --no-parallel \
		--filter 'SybilFloodTests|ExcessTests|ReplayTests|ElementBombTests|BudgetTests|CensusTests|ThroughputTests'

bench: ## measure the ranking engines against C kernels (BENCH="tsalsa --rounds 5")
	@echo "== building bench and its C reference (release)"
	@$(SWIFT) build --configuration release --product reference
	@$(SWIFT) build --configuration release --product bench
	@"$$($(SWIFT) build --configuration release --show-bin-path)/bench" $(BENCH)

bench-gate: ## count the kernels' instructions under valgrind; fails at 3 % more than recorded
	@$(SWIFT) build --configuration release --product bench
	@scripts/bench-gate.sh check "$$($(SWIFT) build --configuration release --show-bin-path)/bench"

bench-gate-renew: ## write the counts of this toolchain into scripts/bench-gate.tsv
	@$(SWIFT) build --configuration release --product bench
	@scripts/bench-gate.sh renew "$$($(SWIFT) build --configuration release --show-bin-path)/bench"

determinism: ## one output for a hundred orders of arrival, in debug and release
	@$(SWIFT) build --product bench
	@$(SWIFT) build --configuration release --product bench
	@scripts/determinism.sh "$$($(SWIFT) build --show-bin-path)/bench" \
		"$$($(SWIFT) build --configuration release --show-bin-path)/bench"

lint: ## check the format of every source, as the build does, and that every mutant still applies
	@echo "== lint"
	@$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift
	@if python3 -c 'import tomllib' 2> /dev/null; then python3 simnet/mutants/run.py --check; \
		else echo "lint: no Python 3.11 or later: whether every mutant still applies was not checked"; fi

format: ## rewrite every source in the project's format
	@$(SWIFT) format --in-place --parallel --recursive Sources Tests Package.swift

run: build ## run the release binary: make run ARGS="status --json"
	@"$$($(RELEASE) --show-bin-path)/vouchbird" $(ARGS)

clean: ## remove what was built
	@rm -rf .build
