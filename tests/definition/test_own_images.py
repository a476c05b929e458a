"""The repositories of a team's own images are read from the values of pipeline parameters."""

from __future__ import annotations

import pytest

from mlproject.definition import Repository, check_definition, own_repositories
from tests.definition.folders import document

REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
TRAINING = Repository(account="111122223333", region="eu-west-1", name="team/training")


@pytest.mark.parametrize("version", ["", ":1.2", f"@sha256:{'a' * 64}"])
def test_a_repository_is_found_with_a_tag_a_digest_or_neither(version: str) -> None:
    assert own_repositories([f"{REGISTRY}/team/training{version}"]) == (TRAINING,)


def test_china_has_a_domain_of_its_own() -> None:
    uri = "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/training:1"
    assert own_repositories([uri]) == (Repository(account="111122223333", region="cn-north-1", name="training"),)


def test_each_repository_is_listed_once_and_other_values_are_none() -> None:
    values = [5, None, True, "ml.m5.large", "example.com/own:1", f"{REGISTRY}/team/training:1"]
    assert own_repositories([*values, f"{REGISTRY}/team/training:2"]) == (TRAINING,)


def test_an_image_can_be_a_parameter_without_a_default_with_a_value_per_deployment() -> None:
    found = document()
    found["Parameters"].append({"Name": "Image", "Type": "String"})
    found["Steps"][0]["Arguments"]["AppSpecification"]["ImageUri"] = {"Get": "Parameters.Image"}
    assert check_definition(found) == ()
    assert check_definition(found, parameters={"Image": f"{REGISTRY}/team/training:1"}) == ()
