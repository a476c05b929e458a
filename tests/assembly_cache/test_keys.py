"""A unit is synthesized again exactly if something on which it depends has changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.assembly_cache import Inputs, select_units
from mlproject.parameters import ExistingData, Finding, Platform
from tests.checkouts import lay_out_example
from tests.stacks.examples import PLATFORM

EVERY_UNIT = {str(unit) for unit in select_units(PLATFORM)}
WITH_PIPELINE = {f"{each.environment.name}/{each.project}" for each in PLATFORM.deployments() if each.pipeline}
OF_BETA = {name for name in EVERY_UNIT if name.endswith("/beta")}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = lay_out_example(tmp_path_factory.mktemp("keys") / "checkout")
    (root / "projects" / "beta" / "libraries").mkdir(parents=True)
    (root / "projects" / "beta" / "libraries" / "notebook.txt").write_text("pandas\n")
    return root


def keys(
    root: Path,
    *,
    platform: Platform = PLATFORM,
    context: Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
    moved: Mapping[str, Finding] | None = None,
) -> dict[str, str]:
    inputs = Inputs(
        root=root,
        stacks=root / "stacks",
        platform=platform,
        moved=moved or {},
        context=context or {},
        variables=variables or {},
    )
    return {str(unit): inputs.key(unit) for unit in select_units(platform)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_a_checkout_in_another_folder_has_the_same_keys(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    checkout.rename(elsewhere)
    try:
        other = keys(elsewhere)
    finally:
        elsewhere.rename(checkout)
    assert keys(checkout) == other
    assert len(set(other.values())) == len(other)


@pytest.mark.parametrize(
    ("file", "units"),
    [
        ("app.py", EVERY_UNIT),
        ("cdk.json", EVERY_UNIT),
        ("stacks/storage/stack.py", EVERY_UNIT),
        ("requirements/pipelines.txt", EVERY_UNIT),
        ("pipelines/flight_delays/steps/train.py", WITH_PIPELINE),
        ("pipelines/digits/pipeline.py", WITH_PIPELINE),
        ("pipelines/digits/steps/prepare.py", set()),
        ("projects/beta/libraries/notebook.txt", OF_BETA),
        ("projects/beta/project.yaml", set()),
        ("README.md", set()),
        ("stacks/__pycache__/base.pyc", set()),
    ],
)
def test_a_changed_file_concerns_the_units_that_read_it(checkout: Path, file: str, units: set[str]) -> None:
    path = checkout / file
    before, content = keys(checkout), path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((content or b"") + b"\n")
    try:
        after = keys(checkout)
    finally:
        path.unlink() if content is None else path.write_bytes(content)
    assert changed(before, after) == units


def test_a_parameter_concerns_the_project_in_its_environment_and_a_requirement_also_the_network(checkout: Path) -> None:
    deployments = PLATFORM.projects["beta"]
    first = next(each for each in deployments if each.environment.has_network_stack)

    def with_change(**values: Any) -> Platform:
        other = tuple(each.model_copy(update=values) if each is first else each for each in deployments)
        return Platform(environments=PLATFORM.environments, projects={**PLATFORM.projects, "beta": other})

    before, unit = keys(checkout), f"{first.environment.name}/beta"
    assert changed(before, keys(checkout, platform=with_change(owner="new@example.com"))) == {unit}
    data = ExistingData(glue_databases=("another_database",))
    assert changed(before, keys(checkout, platform=with_change(existing_data=data))) == {unit, first.environment.name}


@pytest.mark.parametrize(
    ("context", "variables", "units"),
    [
        ({"@aws-cdk/core:newStyleStackSynthesis": False}, {}, EVERY_UNIT),
        ({"project": "beta", "environment": "owned"}, {}, set()),
        ({}, {"CDK_DEBUG": "true"}, EVERY_UNIT),
        ({}, {"CDK_OUTDIR": "/elsewhere", "CDK_DEFAULT_REGION": "eu-west-3", "CDK_VALIDATION": "false"}, set()),
        ({}, {"LANG": "es_ES.UTF-8"}, set()),
    ],
)
def test_context_and_variables_of_the_cdk_concern_every_unit_but_those_that_select(
    checkout: Path, context: dict[str, Any], variables: dict[str, str], units: set[str]
) -> None:
    assert changed(keys(checkout), keys(checkout, context=context, variables=variables)) == units


def test_the_variables_of_the_embedded_aws_concern_no_unit(checkout: Path, embedded_aws: aws.Server) -> None:
    variables = embedded_aws.environment(aws.ACCOUNT, "eu-west-1")
    assert any(name.startswith("CDK_") for name in variables)
    assert keys(checkout, variables=variables) == keys(checkout)


def test_a_refused_network_concerns_the_units_of_its_environment(checkout: Path) -> None:
    moved = {"owned": Finding(file="environments.yaml", line=3, key="network.cidr", message="differs")}
    of_owned = {name for name in EVERY_UNIT if name.partition("/")[0] == "owned"}
    assert changed(keys(checkout), keys(checkout, moved=moved)) == of_owned
