"""Both test suites pass in a copy of this repository with any valid projects and environments.

The product's tests use tests/example. tests/repository checks the repository's own projects.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkouts import EXAMPLE, copy_checkout, replace_parameters_with_the_examples
from tests.mlproject_command import without_reference

pytestmark = pytest.mark.slow

# The repository's suite, and samples of the product's suite from each folder whose tests read parameters.
SUITES = (
    *("repository", "costs", "cli/test_check.py", "parameters/test_loading.py"),
    *("stacks/test_application.py", "stacks/test_data_protection.py"),
)
BEFORE, AFTER = "aardvark", "zebra"
SANDBOX = """\
  sandbox:
    account: "905418000004"
    retain_data: true
    network:
      imported:
        vpc_id: vpc-0fedcba9876543210
        subnet_ids: [subnet-0dddddddddddddddd]
        zones: [eu-west-1a]
        endpoints: create
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the repository with the example's project and a snapshot of each stack."""
    root = copy_checkout(tmp_path / "checkout")
    replace_parameters_with_the_examples(root)
    assert run(root, "-m", "tests.repository.snapshots").returncode == 0
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a checkout, with the checkout's code."""
    # In CI (these two say so) pytest repeats each message, whole, in its summary.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST_") and name not in ("CI", "BUILD_NUMBER")
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**inherited, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def run_suites(root: Path, *folders: str) -> subprocess.CompletedProcess[str]:
    marks = "not deploy and not pipelines and not slow and not notebooks and not spark and not site"
    # Workers would collect the tests again, and other tests run meanwhile.
    return run(
        root, "-m", "pytest", "--quiet", "--numprocesses", "0", "-m", marks, *(f"tests/{each}" for each in folders)
    )


def failures(done: subprocess.CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE))


def add_project(root: Path, name: str, *, environments: str) -> Path:
    """Add a copy of the example's project under another name, in these environments."""
    folder = root / "projects" / name
    shutil.copytree(EXAMPLE / "projects" / "flights", folder)
    file = folder / "project.yaml"
    text = file.read_text().replace("name: flights", f"name: {name}")
    file.write_text(text[: text.index("\nenvironments:")] + f"\nenvironments: {environments}\n")
    return file


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_own_account_numbers_two_more_projects_and_an_environment_leave_both_suites_green(checkout: Path) -> None:
    environments = checkout / "environments.yaml"
    for number, account in enumerate(("111111111111", "222222222222", "333333333333"), start=1):
        replace(environments, account, f"90541800000{number}")
    environments.write_text(environments.read_text() + SANDBOX)
    add_project(checkout, BEFORE, environments="{dev: {}, sandbox: {}}")
    add_project(checkout, AFTER, environments="{pre: {}, prod: {emr: null}, sandbox: {notebooks: null}}")

    done = run_suites(checkout, *SUITES)
    assert failures(done) == set(), done.stdout
    assert done.returncode == 0, done.stdout + done.stderr

    # Nobody has reviewed the new stacks yet: the check reports it, and a command fixes it.
    told = run(checkout, "-m", "tests.repository.snapshots", "--check")
    assert told.returncode == 2
    lines = told.stderr.splitlines()
    assert (
        f"dev/{BEFORE}/storage has no snapshot; run `make snapshots`, read `git diff snapshots` and commit it." in lines
    )
    assert not [line for line in lines if "/flights/" in line]
    assert run(checkout, "-m", "tests.repository.snapshots").returncode == 0
    assert run(checkout, "-m", "tests.repository.snapshots", "--check").returncode == 0


def test_another_project_in_other_environments_leaves_both_suites_green(checkout: Path) -> None:
    shutil.rmtree(checkout / "projects" / "flights")
    environments = checkout / "environments.yaml"
    text = environments.read_text().replace("role_path: /", "role_path: /ml/").replace("eu-west-1", "us-east-1")
    text = text.replace("retain_data: false", "retain_data: true").replace("hnb659fds", "mlplat")
    start, end = text.index("  pre:"), text.index("  # The embedded AWS")
    environments.write_text(text[:start] + text[end:])
    add_project(checkout, "own", environments="{dev: {emr: null, operations: null}}")
    assert run(checkout, "-m", "tests.repository.snapshots").returncode == 0

    stacks = ("stacks/test_application.py", "stacks/test_data_protection.py")
    done = run_suites(checkout, "repository", *stacks, "docs", "docs_site", "costs")
    assert failures(done) == set(), done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_project_yet_and_networks_that_exist_already_leave_the_repositorys_suite_green(checkout: Path) -> None:
    environments = checkout / "environments.yaml"
    text = re.sub(
        r"network: \{new: \{cidr: 10\.2(\d)\..*",
        r"network: {imported: {vpc_id: vpc-0000000\1, subnet_ids: [subnet-0000000\1], zones: [eu-west-1a], "
        "endpoints: exist}}",
        environments.read_text(),
    )
    assert text.count("imported:") == 4
    environments.write_text(text)
    # Then nothing is left of the network stacks; without a project nothing is left at all.
    for _ in range(2):
        assert run(checkout, "-m", "tests.repository.snapshots").returncode == 0
        done = run_suites(checkout, "repository")
        assert failures(done) == set(), done.stdout
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.rmtree(checkout / "projects", ignore_errors=True)


def test_a_mistake_and_a_change_that_nobody_reviewed_fail_the_repositorys_suite_and_no_other(checkout: Path) -> None:
    replace(add_project(checkout, BEFORE, environments="{dev: {}}"), "Margin: 0.02", "Margn: 0.02")
    replace(checkout / "projects" / "flights" / "project.yaml", "monthly_budget_usd: 300", "monthly_budget_usd: 450")

    done = run_suites(checkout, "repository", "stacks/test_data_protection.py", "parameters/test_loading.py")
    assert failures(done) == {
        "tests/repository/test_parameters.py::test_mlproject_check_finds_no_mistake",
        "tests/repository/test_templates.py::test_every_stack_is_as_its_snapshot",
    }, done.stdout
    # As the command shows it.
    shown = run(checkout, "-m", "mlproject.cli.main", "check")
    assert f"projects/{BEFORE}/project.yaml:" in shown.stderr
    assert without_reference(shown.stderr).strip() in done.stdout
    assert re.search(r'^-\s+"Amount": 300,\n\+\s+"Amount": 450,$', done.stdout, re.MULTILINE)
    assert "run `make snapshots`, read `git diff snapshots` and commit it" in done.stdout


def test_a_mistake_in_environments_yaml_is_said_once_with_where_it_is(checkout: Path) -> None:
    replace(checkout / "environments.yaml", "111111111111", "1111")
    done = run_suites(checkout, "repository", "parameters/test_loading.py")
    assert 'environments.dev.account: "1111" is not allowed' in done.stdout
    assert done.stdout.count('"1111" is not allowed') == 1
    assert all(name.startswith("tests/repository/") for name in failures(done))
    assert "Traceback" not in done.stdout
