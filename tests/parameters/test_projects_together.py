"""What only shows between files: names, lengths, pipelines, networks side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.names import BUCKET_NAME_LIMIT, BUCKET_USES
from mlproject.parameters import load
from tests.parameters.ground import ENVIRONMENTS, PROJECT, lay_out, mistakes, replaced


def named(name: str) -> str:
    return replaced(PROJECT, "name: flights", f"name: {name}")


def test_two_projects_cannot_share_a_name(tmp_path: Path) -> None:
    lay_out(tmp_path, projects={"flights": PROJECT, "flights2": PROJECT})
    assert mistakes(tmp_path) == [
        "projects/flights2/project.yaml:1: name: projects/flights/project.yaml has the name flights. "
        "Allowed: flights2, the folder's name."
    ]


@pytest.mark.parametrize("name", ["Flights", "1flights", "flights-", "flights--2", "flight_delays", "vuelos-ñ"])
def test_a_name_that_no_bucket_could_carry_is_refused(tmp_path: Path, name: str) -> None:
    assert mistakes(lay_out(tmp_path, projects={name: named(name)})) == [
        f"projects/{name}/project.yaml:1: name: {name} is no name for a project. "
        "Allowed: lower-case letters, digits and single hyphens, beginning with a letter; rename the folder too."
    ]


@pytest.mark.parametrize("name", ["network", "sthree", "sthree-x", "amzn-s3-demo"])
def test_a_name_that_aws_or_mlproject_keeps_is_refused(tmp_path: Path, name: str) -> None:
    assert mistakes(lay_out(tmp_path, projects={name: named(name)})) == [
        f"projects/{name}/project.yaml:1: name: {name} is reserved by AWS or mlproject; "
        "choose another and rename the folder too."
    ]


def test_a_name_as_long_as_its_buckets_leave_room_for_passes(tmp_path: Path) -> None:
    name = "a" * 23
    deployments = load(lay_out(tmp_path, projects={name: named(name)})).deployments()
    lengths = [len(each.names.bucket(use)) for each in deployments for use in BUCKET_USES]
    assert max(lengths) == BUCKET_NAME_LIMIT


def test_a_name_one_character_longer_is_refused_with_the_number_that_is_left(tmp_path: Path) -> None:
    name = "a" * 24
    assert mistakes(lay_out(tmp_path, projects={name: named(name)})) == [
        f"projects/{name}/project.yaml:1: name: {name} has 24 characters, "
        "and the bucket `access-logs` of prod leaves 23. Allowed: at most 23 characters; rename the folder too."
    ]


def test_an_environment_that_the_project_does_not_use_takes_no_room(tmp_path: Path) -> None:
    name = "a" * 24
    project = replaced(named(name), "  prod:\n    storage:\n      archive_after_days: 60\n", "")
    assert mistakes(lay_out(tmp_path, projects={name: project})) == []


def test_two_environments_cannot_both_create_the_endpoints_of_one_vpc(tmp_path: Path) -> None:
    imported = (
        "{imported: {vpc_id: vpc-0123456789abcdef0, subnet_ids: [subnet-1111aaaa], zones: [eu-west-1a], "
        "endpoints: create}}"
    )
    environments = replaced(ENVIRONMENTS, "{new: {cidr: 10.20.0.0/16}}", imported)
    environments = replaced(environments, "endpoints: exist", "endpoints: create")
    assert mistakes(lay_out(tmp_path, environments=environments)) == [
        "environments.yaml:16: environments.prod.network.imported.endpoints: dev (line 8) already creates the "
        "endpoints of vpc-0123456789abcdef0. Allowed: exist, in all environments of one VPC but the first."
    ]


def test_environments_that_inherit_one_network_overlap(tmp_path: Path) -> None:
    environments = "network: {new: {cidr: 10.30.0.0/16}}\n" + ENVIRONMENTS[: ENVIRONMENTS.index("    network:\n")]
    environments = replaced(environments, "    network: {new: {cidr: 10.20.0.0/16}}\n", "")
    assert mistakes(lay_out(tmp_path, environments=environments)) == [
        "environments.yaml:1: network.new.cidr: 10.30.0.0/16 of prod overlaps 10.30.0.0/16 of dev (line 1). "
        "Allowed: ranges without a common address."
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(None, "does not exist", id="missing"),
        pytest.param("{", "is no pipeline definition", id="broken"),
        pytest.param("[]", "is no pipeline definition", id="list"),
        pytest.param('{"Parameters": [{}]}', "is no pipeline definition", id="parameter_without_a_name"),
    ],
)
def test_a_pipeline_needs_its_definition(tmp_path: Path, content: str | None, problem: str) -> None:
    lay_out(tmp_path)
    folder = tmp_path / "pipelines" / "flight_delays"
    (folder / "pipeline.py").write_text("")
    if content is None:
        (folder / "definition.json").unlink()
    else:
        (folder / "definition.json").write_text(content)
    assert mistakes(tmp_path) == [
        f"projects/flights/project.yaml:9: pipeline.folder: pipelines/flight_delays/definition.json {problem}; "
        "run `mlproject pipeline build`."
    ]
