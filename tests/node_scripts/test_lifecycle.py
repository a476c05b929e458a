"""Rendered lifecycle scripts: complete, within the limit of SageMaker, with correctly quoted settings."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.node_scripts import (
    BOOTSTRAP_ACTION,
    SCRIPT_LIMIT,
    Hook,
    NotebookSettings,
    Tools,
    bootstrap_arguments,
    lifecycle_script,
    notebook_files,
    notebook_settings,
)
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE

TOOLS = Tools(uri="s3://cdk-hnb659fds-assets-111111111111-eu-west-1/key.gz", sha256="0" * 64)
HOOKS: tuple[Hook, ...] = ("on_create", "on_start")


def settings(**changes: str | None) -> NotebookSettings:
    values: dict[str, Any] = {
        "notebook": "flights-dev-explore",
        "region": "eu-west-1",
        "tools": TOOLS,
        "artifacts_bucket": "bucket",
        "libraries": "science",
        "library_index": None,
        "kernel_title": "Python (flights)",
        "work": None,
        "livy_parameter": None,
    }
    return NotebookSettings(**{**values, **changes}, idle_minutes=60)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_real_projects_scripts_fit_and_bash_reads_them(hook: Hook) -> None:
    found = 0
    for deployment in load_parameters(EXAMPLE).deployments():
        for notebook in deployment.notebooks:
            text = lifecycle_script(hook, notebook_settings(deployment, notebook, tools=TOOLS))
            found += 1
            assert text.startswith("#!/bin/bash\n")
            assert "\r" not in text
            assert not re.search(r"^# <", text, re.MULTILINE)
            assert len(text.encode()) <= SCRIPT_LIMIT == 16_384 * 3 // 4
            read = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
            assert (read.returncode, read.stderr) == (0, "")
    assert found


def test_rule_19_a_script_over_the_limit_is_refused_in_words() -> None:
    """cfn-lint accepts the script, since it counts the characters before the encoding."""
    room = SCRIPT_LIMIT - len(lifecycle_script("on_start", settings(livy_parameter="")).encode())
    assert room > 0
    assert len(lifecycle_script("on_start", settings(livy_parameter="x" * (room + 2))).encode()) == SCRIPT_LIMIT
    with pytest.raises(UserError, match=rf"on_start\.sh of flights-dev-explore: {SCRIPT_LIMIT + 1} bytes") as told:
        lifecycle_script("on_start", settings(livy_parameter="x" * (room + 3)))
    assert told.value.exit_code == 2


@pytest.mark.parametrize("value", ["it's", 'a "b" $(touch /tmp/never) `id` \\', "END_OF_SETTINGS", "naïve ü"])
def test_a_value_reaches_the_scripts_as_it_is(value: str, tmp_path: Path) -> None:
    text = lifecycle_script("on_start", settings(kernel_title=value))
    (written,) = re.findall(r"<<'END_OF_SETTINGS'\n(.*?\n)END_OF_SETTINGS\n", text, re.DOTALL)
    file = tmp_path / "settings"
    file.write_text(written)
    shown = subprocess.run(
        ["bash", "-c", '. "$1" && printf %s "$KERNEL_TITLE"', "-", file], capture_output=True, text=True, check=False
    )
    assert shown.stdout == value


def test_rule_22_work_is_saved_where_data_is_retained_and_nowhere_else() -> None:
    platform = load_parameters(EXAMPLE)
    saved = {
        environment: notebook_settings(each, each.notebooks[0], tools=TOOLS).work
        for environment in ("dev", "pre", "prod")
        for each in platform.deployments(project="flights", environment=environment)
    }
    assert saved == {
        "dev": None,
        "pre": "s3://flights-pre-data-222222222222-eu-west-1/notebooks/explore/",
        "prod": "s3://flights-prod-data-333333333333-eu-west-1/notebooks/explore/",
    }


def test_livy_is_looked_up_only_where_there_is_a_cluster() -> None:
    platform = load_parameters(EXAMPLE)
    found = {
        each.environment.name: notebook_settings(each, each.notebooks[0], tools=TOOLS).livy_parameter
        for each in platform.deployments(project="flights")
    }
    assert found["dev"] == "/mlproject/dev/flights/livy-address"
    assert found["prod"] is None


def test_notebooks_trust_the_certificate_of_the_clusters_beside_those_of_the_environment() -> None:
    given = load_parameters(EXAMPLE).deployment("flights", "dev")
    company = given.environment.model_copy(update={"ca_certificates": "of the company\n"})
    cluster = given.model_copy(update={"cluster_certificate": "of the clusters\n"})
    both = cluster.model_copy(update={"environment": company})
    assert "certificates.pem" not in notebook_files(given)
    assert notebook_files(cluster)["certificates.pem"] == b"of the clusters\n"
    assert notebook_files(both)["certificates.pem"] == b"of the company\n\nof the clusters\n"


def test_the_bootstrap_action_is_told_where_its_program_and_the_clusters_list_are() -> None:
    archive = Tools(uri="s3://cdk-hnb659fds-assets-111111111111-eu-west-1/key.gz", sha256="1" * 64)
    deployment = load_parameters(EXAMPLE).deployment("flights", "dev")
    assert bootstrap_arguments(deployment, archive) == (
        "eu-west-1",
        archive.uri,
        archive.sha256,
        "s3://flights-dev-artifacts-111111111111-eu-west-1/libraries",
        "s3://flights-dev-artifacts-111111111111-eu-west-1/emr-logs",
        "emr",
    )
    assert BOOTSTRAP_ACTION.read_text().startswith("#!/bin/bash\n")
    with pytest.raises(ValueError, match="flights-prod has no cluster"):
        bootstrap_arguments(load_parameters(EXAMPLE).deployment("flights", "prod"), archive)
