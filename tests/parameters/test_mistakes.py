"""Each thing that can be wrong in one of the files is told in the exact sentence of tests/parameters/mistakes/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parameters.ground import ENVIRONMENTS, PROJECT, Mistake, lay_out, mistakes, mistakes_of, replaced


def titled(case: Mistake) -> str:
    return case.title.replace(" ", "_")


@pytest.mark.parametrize("case", mistakes_of("environments.txt"), ids=titled)
def test_a_mistake_in_the_environments_is_told(tmp_path: Path, case: Mistake) -> None:
    lay_out(tmp_path, environments=replaced(ENVIRONMENTS, case.old, case.new))
    assert mistakes(tmp_path) == case.expected


@pytest.mark.parametrize("case", mistakes_of("yaml.txt"), ids=titled)
def test_a_mistake_in_the_yaml_is_told(tmp_path: Path, case: Mistake) -> None:
    lay_out(tmp_path, environments=replaced(ENVIRONMENTS, case.old, case.new))
    assert mistakes(tmp_path) == case.expected


@pytest.mark.parametrize("case", mistakes_of("project.txt"), ids=titled)
def test_a_mistake_in_a_project_is_told(tmp_path: Path, case: Mistake) -> None:
    lay_out(tmp_path, projects={"flights": replaced(PROJECT, case.old, case.new)})
    assert mistakes(tmp_path) == case.expected


def test_more_tags_than_a_resource_takes_are_refused(tmp_path: Path) -> None:
    tags = "\n".join(f"  t{number}: x" for number in range(47))
    lay_out(tmp_path, environments=replaced(ENVIRONMENTS, "  managed-by: mlproject", tags))
    assert mistakes(tmp_path) == [
        "environments.yaml:2: tags: that makes 51 tags on a resource. Allowed: 50 in all, 4 of them mlproject's own."
    ]


def test_more_subnets_than_sagemaker_takes_are_refused(tmp_path: Path) -> None:
    subnets = ", ".join(f"subnet-000000{number}" for number in range(10, 28))
    lay_out(tmp_path, environments=replaced(ENVIRONMENTS, "subnet-11111111, subnet-22222222", subnets))
    assert mistakes(tmp_path) == [
        "environments.yaml:14: environments.prod.network.imported.subnet_ids: the list has 18. "
        "Allowed: a list of 1 to 16 ids such as subnet-0123456789abcdef0."
    ]


def test_a_number_of_many_digits_is_shown_shortened(tmp_path: Path) -> None:
    lay_out(tmp_path, projects={"flights": replaced(PROJECT, "Margin: 0.02", f"Rounds: {'9' * 5000}")})
    (line,) = mistakes(tmp_path)
    assert line == (
        f"projects/flights/project.yaml:11: pipeline.parameters.Rounds: {'9' * 77}... "
        "does not suit a parameter of type Integer. Allowed: a whole number."
    )


def test_a_number_that_json_cannot_carry_is_refused(tmp_path: Path) -> None:
    lay_out(tmp_path, projects={"flights": replaced(PROJECT, "Margin: 0.02", "Rounds: 9007199254740992")})
    assert mistakes(tmp_path) == [
        "projects/flights/project.yaml:11: pipeline.parameters.Rounds: JSON does not carry this number exactly. "
        "Allowed: names of the pipeline's parameters with a value each."
    ]
