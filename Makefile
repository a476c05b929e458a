# Everyday commands. Each target installs its dependencies on first use.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PROJECT ?= flights
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
# Bytecode halves the time of imports; the environment of some machines disables it.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo test test-deploy test-pipelines test-slow test-gitlab test-notebooks test-site test-spark test-longer test-all mutation snapshots permissions lint docs site secrets verify-aws benchmark audit faults pipelines notebooks spark example-notebooks notebook-pages definitions lock upgrade release clean screenshots

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-17s %s\n", $$1, $$2 }'

install: .venv/.installed-local ## Set up .venv with the command mlproject, Node and the pinned CDK CLI

demo: .venv/.installed-local ## Deploy into an embedded AWS, run the pipeline on real data, show the results
	@mlproject demo --project $(PROJECT)

test: .venv/.installed-development ## Run every fast test; REPORTS=FOLDER writes its results and coverage for GitLab
	@scripts/test -m "not deploy and not pipelines and not slow and not gitlab and not notebooks and not spark and not site" $(if $(REPORTS),--junitxml=$(REPORTS)/junit.xml --cov --cov-report=xml:$(REPORTS)/coverage.xml --cov-report=term:skip-covered)

test-deploy: .venv/.installed-development ## Run the tests that use the CDK CLI
	@scripts/test -m "deploy"

test-pipelines: .venv/.installed-development .venv-pipelines/.installed ## Rebuild the pipelines' definitions with the SageMaker SDK
	@scripts/test -m "pipelines"

test-slow: .venv/.installed-development ## Run long tests and fault injection: killed processes, full disks, parallel demos
	@scripts/test -m "slow and not deploy and not pipelines and not gitlab and not notebooks and not spark and not site"

test-gitlab: .venv/.installed-development ## Run .gitlab-ci.yml on a clone: merge request, deployment through three accounts, schedule
	@scripts/test -m "gitlab"

test-notebooks: .venv/.installed-development .venv-notebooks/.installed ## Run the example notebooks, and the scripts of notebook instances beside a real Jupyter Server
	@scripts/test -m "notebooks"

test-site: .venv/.installed-development docs_site/browser/node_modules/.installed ## Open every page of the documentation site in Chromium, and check its accessibility
	@scripts/test --numprocesses 0 -m "site"

test-spark: .venv/.installed-development .venv-spark/.installed .venv-notebooks/.installed ## Run real Spark sessions through Livy (needs Java 17 and Maven)
	@scripts/test --numprocesses 0 -m "spark"

# One run shares what the suites start, and leaves no core idle while the longest test of a suite ends.
test-longer: .venv/.installed-development .venv-pipelines/.installed .venv-notebooks/.installed docs_site/browser/node_modules/.installed ## Run the slower suites in one run, but Spark
	@scripts/test -m "(deploy or pipelines or slow or gitlab or notebooks or site) and not spark"

test-all: test test-longer test-spark ## Run all tests

mutation: .venv/.installed-development ## Change a sample of the core's functions: a test must fail; PACKAGE=mlproject/parameters changes all of one package
	@python -m mutation $(PACKAGE)

snapshots: .venv/.installed-development ## Write the templates of your stacks into snapshots/, and what the documentation shows of stacks; `make test` compares
	@python -m tests.repository.snapshots
	@python -m pytest --quiet --numprocesses 0 tests/stacks/test_snapshots.py --snapshot-update
	@CDK_VALIDATION=false python -m docs_site.reference.stack_facts

permissions: .venv/.installed-development ## Write which permissions a recorded run used (CONTRIBUTING.md): make permissions RECORD=FOLDER
	@python -m tests.least_privilege --renew $(if $(RUNS),--runs $(RUNS)) -- "$(or $(RECORD),$(error set RECORD to the folder that EMBEDDED_AWS_AUTHORIZATION_LOG named))"

lint: .venv/.installed-development ## Check formats, types, direction of imports, and whether locks, definitions and snapshots are up to date
	@scripts/lint

audit: .venv/.installed-development .venv-audit/.installed $(if $(findstring prowler,$(JUDGES)),.venv-prowler/.installed) ## Let external tools judge the templates, the policies, the code and the locks; JUDGES=checkov,bandit only these
	@python -m audit $(if $(JUDGES),--judges $(JUDGES)) $(AUDIT_OPTIONS)

docs: .venv/.installed-development ## Serve the documentation site while you write; DOCS=en serves the English one
	@NO_MKDOCS_2_WARNING=1 python -m mkdocs serve --config-file mkdocs$(if $(filter en,$(DOCS)),.en).yml

site: .venv/.installed-development ## Build the documentation site into build/site, and check it
	@scripts/build-site build/site

secrets: .venv/.installed-development ## Look for keys, tokens and passwords in the files that git tracks
	@scripts/scan-secrets

verify-aws: .venv/.installed-local ## Compare AWS with the embedded AWS in a sandbox account: make verify-aws ENVIRONMENT=sandbox
	@mlproject verify-aws --environment $(or $(ENVIRONMENT),$(error set the environment of a sandbox account: make verify-aws ENVIRONMENT=sandbox)) --project $(PROJECT)

benchmark: .venv/.installed-development ## Measure performance; results go to benchmarks/results/
	@python -m benchmarks

faults: .venv/.installed-development ## Break commands in hundreds of ways and judge what follows; results go to benchmarks/results/ and docs/
	@python -m faults

pipelines: .venv-pipelines/.installed ## Set up the environment with the SageMaker SDK, for `mlproject pipeline build`

definitions: .venv/.installed-local .venv-pipelines/.installed ## Build the committed definitions of the pipelines with the SageMaker SDK
	@mlproject pipeline build

notebooks: .venv-notebooks/.installed ## Set up the environment with JupyterLab, for `mlproject notebook local`

spark: .venv-spark/.installed ## Set up the environment with Spark, for `mlproject spark local`

example-notebooks: .venv-notebooks/.installed ## Write the example notebooks in both languages from their sources
	@.venv-notebooks/bin/python scripts/write_notebooks.py

notebook-pages: .venv/.installed-development .venv-spark/.installed example-notebooks ## Execute the example notebooks, and write their pages in docs/ (needs Java 17 and Maven)
	@python -m docs_site.notebooks

screenshots: .venv/.installed-development .venv-notebooks/.installed docs_site/browser/node_modules/.installed ## Take the pictures of JupyterLab and of the demo's report in docs/
	@python -m docs_site.screenshots
	@python -m docs_site.screenshots.report

lock: .venv/.installed-local ## Resolve requirements/*.in again
	@scripts/lock

upgrade: .venv/.installed-local ## Upgrade every lock, rebuild what depends on them, test, and leave a commit on the branch upgrade
	@scripts/upgrade

release: .venv/.installed-development ## Build the release of this commit: source archive, SBOM, checksums, tag
	@scripts/release

clean: ## Stop the embedded AWS, and remove everything that was built and installed, but no files of removed projects
	@if [[ -d .mlproject/local && -x $(BIN)/mlproject ]]; then mlproject local down; fi
	@if [[ -d .mlproject ]]; then find .mlproject -mindepth 1 -maxdepth 1 -not -name removed -exec rm -rf {} +; fi
	rm -rf docs_site/browser/node_modules .venv .venv-pipelines .venv-notebooks .venv-spark .venv-audit .venv-prowler node_modules build mutants cdk.out

.venv/.installed-local: requirements/bootstrap.txt requirements/local.txt package-lock.json pyproject.toml scripts/install
	@PYTHON=$(PYTHON) scripts/install local

.venv/.installed-development: .venv/.installed-local requirements/development.txt
	@PYTHON=$(PYTHON) scripts/install development

.venv-pipelines/.installed: .venv/.installed-local requirements/pipelines.txt
	@PYTHON=$(PYTHON) scripts/install pipelines

.venv-notebooks/.installed: .venv/.installed-local requirements/notebooks.txt requirements/notebooks.overrides
	@PYTHON=$(PYTHON) scripts/install notebooks

docs_site/browser/node_modules/.installed: .venv/.installed-local docs_site/browser/package-lock.json
	@PYTHON=$(PYTHON) scripts/install browser

.venv-spark/.installed: .venv/.installed-local requirements/bootstrap.txt requirements/spark.txt
	@PYTHON=$(PYTHON) scripts/install spark

.venv-audit/.installed: .venv/.installed-local requirements/audit.txt requirements/audit.overrides
	@PYTHON=$(PYTHON) scripts/install audit

.venv-prowler/.installed: .venv/.installed-local requirements/prowler.txt
	@PYTHON=$(PYTHON) scripts/install prowler
