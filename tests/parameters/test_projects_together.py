"""Checks across files: names, lengths, pipelines and overlapping networks."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.names import BUCKET_NAME_LIMIT, BUCKET_USES
from mlproject.parameters import load_parameters
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, error_lines, replaced, write_files


def named(name: str) -> str:
    return replaced(PROJECT, "name: flights", f"name: {name}")


def test_two_projects_cannot_share_a_name(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": PROJECT, "flights2": PROJECT})
    assert error_lines(tmp_path) == [
        "projects/flights2/project.yaml:1: name: flights is already the name of projects/flights/project.yaml. "
        "Allowed: flights2, the name of the folder."
    ]


@pytest.mark.parametrize("name", ["Flights", "1flights", "flights-", "flights--2", "flight_delays", "vuelos-ñ"])
def test_a_name_that_no_bucket_could_carry_is_refused(tmp_path: Path, name: str) -> None:
    assert error_lines(write_files(tmp_path, projects={name: named(name)})) == [
        f"projects/{name}/project.yaml:1: name: {name} is not a valid project name. "
        "Allowed: lower-case letters, digits and single hyphens, starting with a letter; rename the folder too."
    ]


@pytest.mark.parametrize("name", ["network", "sthree", "sthree-x", "amzn-s3-demo"])
def test_a_name_that_aws_or_mlproject_keeps_is_refused(tmp_path: Path, name: str) -> None:
    assert error_lines(write_files(tmp_path, projects={name: named(name)})) == [
        f"projects/{name}/project.yaml:1: name: {name} is reserved by AWS or mlproject. "
        "Choose another name, and rename the folder too."
    ]


def test_a_name_as_long_as_its_buckets_leave_room_for_passes(tmp_path: Path) -> None:
    name = "a" * 23
    deployments = load_parameters(write_files(tmp_path, projects={name: named(name)})).deployments()
    lengths = [len(each.names.bucket(use)) for each in deployments for use in BUCKET_USES]
    assert max(lengths) == BUCKET_NAME_LIMIT


def test_a_name_one_character_longer_is_refused_with_the_number_that_is_left(tmp_path: Path) -> None:
    name = "a" * 24
    assert error_lines(write_files(tmp_path, projects={name: named(name)})) == [
        f"projects/{name}/project.yaml:1: name: {name} has 24 characters, "
        "but the name of the bucket `access-logs` in prod leaves room for 23. "
        "Allowed: at most 23 characters. Rename the folder too."
    ]


def test_an_environment_that_the_project_does_not_use_takes_no_room(tmp_path: Path) -> None:
    name = "a" * 24
    project = replaced(named(name), "  prod:\n    storage:\n      archive_after_days: 60\n", "")
    assert error_lines(write_files(tmp_path, projects={name: project})) == []


def test_two_environments_cannot_both_create_the_endpoints_of_one_vpc(tmp_path: Path) -> None:
    imported = (
        "{imported: {vpc_id: vpc-0123456789abcdef0, subnet_ids: [subnet-1111aaaa], zones: [eu-west-1a], "
        "endpoints: create}}"
    )
    environments = replaced(ENVIRONMENTS, "{new: {cidr: 10.20.0.0/16}}", imported)
    environments = replaced(environments, "endpoints: exist", "endpoints: create")
    assert error_lines(write_files(tmp_path, environments=environments)) == [
        "environments.yaml:16: environments.prod.network.imported.endpoints: dev (line 8) already creates the "
        "endpoints of vpc-0123456789abcdef0. Allowed: exist."
    ]


def test_environments_that_inherit_one_network_overlap(tmp_path: Path) -> None:
    environments = "network: {new: {cidr: 10.30.0.0/16}}\n" + ENVIRONMENTS[: ENVIRONMENTS.index("    network:\n")]
    environments = replaced(environments, "    network: {new: {cidr: 10.20.0.0/16}}\n", "")
    assert error_lines(write_files(tmp_path, environments=environments)) == [
        "environments.yaml:1: network.new.cidr: 10.30.0.0/16 of prod overlaps 10.30.0.0/16 of dev (line 1). "
        "Allowed: CIDR blocks that do not overlap."
    ]


def test_an_empty_folder_of_a_pipeline_says_what_is_missing_in_it(tmp_path: Path) -> None:
    write_files(tmp_path)
    folder = tmp_path / "pipelines" / "flight_delays"
    for path in folder.iterdir():
        path.unlink()
    assert error_lines(tmp_path) == [
        "projects/flights/project.yaml:9: pipeline.folder: pipelines/flight_delays contains neither pipeline.py nor "
        "definition.json. Write pipeline.py, and run `mlproject pipeline build flight_delays`."
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(None, "does not exist", id="missing"),
        pytest.param("{", "is not a pipeline definition", id="broken"),
        pytest.param("[]", "is not a pipeline definition", id="list"),
        pytest.param('{"Parameters": [{}]}', "is not a pipeline definition", id="parameter_without_a_name"),
    ],
)
def test_a_pipeline_needs_its_definition(tmp_path: Path, content: str | None, problem: str) -> None:
    write_files(tmp_path)
    folder = tmp_path / "pipelines" / "flight_delays"
    (folder / "pipeline.py").write_text("")
    if content is None:
        (folder / "definition.json").unlink()
    else:
        (folder / "definition.json").write_text(content)
    assert error_lines(tmp_path) == [
        f"projects/flights/project.yaml:9: pipeline.folder: pipelines/flight_delays/definition.json {problem}. "
        "Run `mlproject pipeline build`."
    ]
