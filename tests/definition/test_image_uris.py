"""URIs of images in ECR are read, and each way to get one wrong has a sentence of its own."""

from __future__ import annotations

import pytest

from mlproject.definition import Repository, image_problem, image_repositories

REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
TRAINING = Repository(account="111122223333", region="eu-west-1", name="team/training")
DIGEST = f"@sha256:{'a' * 64}"


@pytest.mark.parametrize("version", [":1.2", DIGEST])
def test_an_image_has_a_tag_or_a_digest(version: str) -> None:
    assert image_problem(f"{REGISTRY}/team/training{version}") is None
    assert image_repositories([f"{REGISTRY}/team/training{version}"]) == (TRAINING,)


def test_china_has_a_domain_of_its_own() -> None:
    uri = "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/training:1"
    assert image_repositories([uri]) == (Repository(account="111122223333", region="cn-north-1", name="training"),)


def test_each_repository_is_listed_once_and_those_outside_ecr_are_not() -> None:
    values = ["", "ml.m5.large", "example.com/own:1", f"{REGISTRY}/team/training:1", f"{REGISTRY}/team/training:2"]
    assert image_repositories(values) == (TRAINING,)


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("team/training:1", "is not the URI of an image in ECR"),
        ("", "is not the URI of an image in ECR"),
        (f"https://{REGISTRY}/training:1", "is not the URI of an image in ECR"),
        (f"{REGISTRY}/team/training", "has neither a tag nor a digest"),
        (f"{REGISTRY}/team/training:", "has the invalid tag or digest ':'"),
        (f"{REGISTRY}/team/training@sha256:12", "has the invalid tag or digest '@sha256:12'"),
        (f"{REGISTRY}/team/training:1{DIGEST}", f"has the invalid tag or digest ':1{DIGEST}'"),
        ("11112222333.dkr.ecr.eu-west-1.amazonaws.com/a1:1", "has the account '11112222333' instead of 12 digits"),
        ("111122223333.dkr.ecr.europe.amazonaws.com/a1:1", "has 'europe' instead of a region"),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.con/a1:1", "has the unknown domain 'amazonaws.con'"),
        (f"{REGISTRY}/Team/training:1", "has upper-case letters in the repository 'Team/training'"),
        (f"{REGISTRY}/team//training:1", "has the invalid repository 'team//training'"),
        (f"{REGISTRY}/team training:1", "contains a space"),
        (f"{REGISTRY}/", "has no repository"),
        (f"{REGISTRY}/:1", "has no repository"),
        (REGISTRY, "has no repository"),
    ],
)
def test_a_malformed_uri_is_told_by_its_error_and_with_the_form(uri: str, problem: str) -> None:
    form = "ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG, or @sha256:DIGEST instead of :TAG"
    assert image_problem(uri) == f"{problem}. Write {form}"
    # AWS's image of Model Monitor has no tag, and Docker then pulls the latest one.
    assert image_repositories([uri]) == ((TRAINING,) if "tag" in problem else ())
