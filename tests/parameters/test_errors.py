"""Each invalid value in a parameter file gives the exact messages in tests/parameters/invalid/."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.names import NOTEBOOK_NAME_LIMIT
from mlproject.parameters import ParametersError, load_parameters
from tests.parameters.sample_files import (
    ENVIRONMENTS,
    LIBRARIES,
    PROJECT,
    SERVICES,
    InvalidCase,
    cases_in,
    error_lines,
    replaced,
    write_files,
)


def titled(case: InvalidCase) -> str:
    return case.title.replace(" ", "_")


@pytest.mark.parametrize("case", cases_in("environments.txt"), ids=titled)
def test_a_mistake_in_the_environments_is_told(tmp_path: Path, case: InvalidCase) -> None:
    write_files(tmp_path, environments=replaced(ENVIRONMENTS, case.old, case.new))
    assert error_lines(tmp_path) == case.expected


@pytest.mark.parametrize("case", cases_in("yaml.txt"), ids=titled)
def test_a_mistake_in_the_yaml_is_told(tmp_path: Path, case: InvalidCase) -> None:
    write_files(tmp_path, environments=replaced(ENVIRONMENTS, case.old, case.new))
    assert error_lines(tmp_path) == case.expected


@pytest.mark.parametrize("case", cases_in("project.txt"), ids=titled)
def test_a_mistake_in_a_project_is_told(tmp_path: Path, case: InvalidCase) -> None:
    write_files(tmp_path, projects={"flights": replaced(PROJECT, case.old, case.new)})
    assert error_lines(tmp_path) == case.expected


@pytest.mark.parametrize("case", cases_in("services.txt"), ids=titled)
def test_a_mistake_in_a_projects_services_is_told(tmp_path: Path, case: InvalidCase) -> None:
    write_files(tmp_path, projects={"flights": replaced(SERVICES, case.old, case.new)})
    assert error_lines(tmp_path) == case.expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(
            "http://packages.example.com/simple", "http://packages.example.com/simple is not a plain https", id="http"
        ),
        pytest.param(
            "https://ana:s3cr3t@packages.example.com/simple", "the URL contains a user or password", id="password"
        ),
        pytest.param("packages.example.com", "packages.example.com is not a plain https URL", id="host"),
        pytest.param(
            "https://packages.example.com/?a=b", "https://packages.example.com/?a=b is not a plain", id="query"
        ),
    ],
)
def test_an_index_of_another_form_is_refused(tmp_path: Path, written: str, expected: str) -> None:
    environments = replaced(ENVIRONMENTS, "region: eu-west-1\n", f"region: eu-west-1\nlibrary_index: {written}\n")
    (line,) = error_lines(write_files(tmp_path, environments=environments))
    assert line.startswith(f"environments.yaml:2: library_index: {expected}")
    assert "s3cr3t" not in line


@pytest.mark.parametrize(
    "address", ["https://ana:s3cr3t@git.example.com/a/b", "http://ana:s3cr3t@host:99999/", "ssh://s3cr3t@host/a/b"]
)
def test_no_finding_repeats_the_password_of_an_address(tmp_path: Path, address: str) -> None:
    project = replaced(SERVICES, "https://git.example.com/team/flights", address)
    libraries = LIBRARIES | {"notebook": f"--index-url {address}\npandas @ {address}\n"}
    environments = f"library_index: {address}\n{ENVIRONMENTS}"
    write_files(tmp_path, environments=environments, projects={"flights": project}, libraries=libraries)
    with pytest.raises(ParametersError) as caught:
        load_parameters(tmp_path)
    assert [finding.file for finding in caught.value.findings] == [
        "environments.yaml",
        "projects/flights/libraries/notebook.txt",
        "projects/flights/libraries/notebook.txt",
        "projects/flights/project.yaml",
    ]
    assert "s3cr3t" not in repr(caught.value.findings)


def test_a_secret_that_is_common_to_two_accounts_is_refused_for_the_other(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": replaced(SERVICES, "  dev: {}\n", "  dev: {}\n  prod: {}\n")})
    assert error_lines(tmp_path) == [
        "projects/flights/project.yaml:22: notebooks.explore.repository.secret_arn: the secret belongs to account "
        "111111111111, but the environment prod uses 222222222222. "
        "Allowed: a secret in 222222222222; set it for prod under `environments:`."
    ]


def test_a_notebooks_name_may_be_that_of_a_key(tmp_path: Path) -> None:
    project = replaced(replaced(SERVICES, "  explore:\n", "  users:\n"), "volume_gb: 20", "volume_gb: 2")
    assert error_lines(write_files(tmp_path, projects={"flights": project})) == [
        "projects/flights/project.yaml:15: notebooks.users.volume_gb: 2 is not allowed. Allowed: whole GB, 5 to 16384."
    ]


def test_a_notebooks_name_as_long_as_it_may_be_passes(tmp_path: Path) -> None:
    name = "n" * 51
    write_files(tmp_path, projects={"flights": replaced(SERVICES, "  explore:\n", f"  {name}:\n")})
    deployment = load_parameters(tmp_path).deployment("flights", "dev")
    assert len(deployment.names.notebook(deployment.notebooks[0].name)) == NOTEBOOK_NAME_LIMIT


def test_a_notebooks_name_one_character_longer_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": replaced(SERVICES, "  explore:\n", f"  {'n' * 52}:\n")})
    (line,) = error_lines(tmp_path)
    assert line.endswith("the notebook instance in dev leaves room for 51. Allowed: at most 51 characters.")


def test_a_cluster_may_keep_its_size(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": replaced(SERVICES, "  maximum_count: 3\n", "  maximum_count: 1\n")})
    assert error_lines(tmp_path) == []


def test_more_tags_than_a_resource_takes_are_refused(tmp_path: Path) -> None:
    tags = "\n".join(f"  t{number}: x" for number in range(47))
    write_files(tmp_path, environments=replaced(ENVIRONMENTS, "  managed-by: mlproject", tags))
    assert error_lines(tmp_path) == [
        "environments.yaml:2: tags: each resource would have 51 tags. "
        "Allowed: 50 in total, including the 4 that mlproject sets."
    ]


def test_more_subnets_than_sagemaker_takes_are_refused(tmp_path: Path) -> None:
    subnets = ", ".join(f"subnet-000000{number}" for number in range(10, 28))
    write_files(tmp_path, environments=replaced(ENVIRONMENTS, "subnet-11111111, subnet-22222222", subnets))
    assert error_lines(tmp_path) == [
        "environments.yaml:14: environments.prod.network.imported.subnet_ids: the list has 18 items. "
        "Allowed: a list of 1 to 16 IDs such as subnet-0123456789abcdef0."
    ]


def test_a_number_of_many_digits_is_shown_shortened(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": replaced(PROJECT, "Margin: 0.02", f"Rounds: {'9' * 5000}")})
    (line,) = error_lines(tmp_path)
    assert line == (
        f"projects/flights/project.yaml:11: pipeline.parameters.Rounds: {'9' * 77}... "
        "is not a valid value for a parameter of type Integer. Allowed: a whole number."
    )


def test_a_number_that_json_cannot_carry_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": replaced(PROJECT, "Margin: 0.02", "Rounds: 9007199254740992")})
    assert error_lines(tmp_path) == [
        "projects/flights/project.yaml:11: pipeline.parameters.Rounds: JSON cannot represent this number exactly. "
        "Allowed: a mapping of the pipeline's parameter names to values."
    ]
