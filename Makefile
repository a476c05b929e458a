# What a person types every day. Every target installs what it needs; a second run starts at once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PROJECT ?= flights
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
# Compiled once, imports take half the time; some machines forbid it in their environment.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo test test-deploy test-pipelines test-slow test-all snapshots lint verify-aws benchmark pipelines lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

install: .venv/.installed-local ## Set up .venv with the command mlproject, Node and the pinned CDK CLI

demo: .venv/.installed-local ## Deploy into an embedded AWS, run the pipeline on real flights, show what came out
	@mlproject demo

test: .venv/.installed-development ## Every fast test
	@scripts/test -m "not deploy and not pipelines and not slow"

test-deploy: .venv/.installed-development ## The suites that drive the ordinary CDK CLI
	@scripts/test -m "deploy"

test-pipelines: .venv/.installed-development .venv-pipelines/.installed ## Rebuild the pipelines' definitions with the SageMaker SDK
	@scripts/test -m "pipelines"

test-slow: .venv/.installed-development ## Long runs and faults: kills, full disks, demos side by side
	@scripts/test -m "slow and not deploy and not pipelines"

test-all: test test-deploy test-pipelines test-slow ## All of them

snapshots: .venv/.installed-development ## Write the templates of your stacks into snapshots/, which `make test` compares
	@python -m tests.repository.snapshots
	@python -m pytest --quiet --numprocesses 0 tests/stacks/test_snapshots.py --snapshot-update

lint: .venv/.installed-development ## Formats, types, direction of imports, fresh locks, definitions and snapshots
	@scripts/lint

verify-aws: .venv/.installed-local ## Compare AWS with the embedded AWS in a sandbox account: make verify-aws ENVIRONMENT=sandbox
	@mlproject verify-aws --environment $(or $(ENVIRONMENT),$(error name an environment of a sandbox account: make verify-aws ENVIRONMENT=sandbox)) --project $(PROJECT)

benchmark: .venv/.installed-development ## Measure ratios side by side; results go to benchmarks/results/
	@python -m benchmarks

pipelines: .venv-pipelines/.installed ## The environment with the SageMaker SDK, for `mlproject pipeline build`

lock: .venv/.installed-local ## Resolve requirements/*.in anew
	@scripts/lock

clean: ## Remove what was built and installed here
	rm -rf .venv .venv-pipelines node_modules build cdk.out .mlproject

.venv/.installed-local: requirements/bootstrap.txt requirements/local.txt package-lock.json pyproject.toml scripts/install
	@PYTHON=$(PYTHON) scripts/install local

.venv/.installed-development: .venv/.installed-local requirements/development.txt
	@PYTHON=$(PYTHON) scripts/install development

.venv-pipelines/.installed: .venv/.installed-local requirements/pipelines.txt
	@PYTHON=$(PYTHON) scripts/install pipelines
