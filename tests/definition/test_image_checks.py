"""The images of a deployment: which repositories its jobs pull from, and which images its region refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mlproject.definition import Definition, Repository, check_definition, pulled_repositories, read_definition
from mlproject.definition.project_values import refused_parameters, unusable_images
from tests.definition.folders import ROOT, committed, document

IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"
PYTORCH = "${DeepLearningContainersRegistry}/pytorch-training:2.5.1-cpu-py311"


def own(region: str, *, account: str = "111122223333") -> str:
    return f"{account}.dkr.ecr.{region}.amazonaws.com/team/training:1"


def with_image(image: Any, **default: str) -> Definition:
    """The committed definition with another image in the first step, and a parameter `Image`."""
    found = document()
    found["Parameters"].append({"Name": "Image", "Type": "String", **default})
    found["Steps"][0]["Arguments"]["AppSpecification"]["ImageUri"] = image
    return replace(committed(), document=found)


PARAMETER = {"Get": "Parameters.Image"}


def test_the_jobs_pull_from_the_repositories_of_awss_images_in_their_region() -> None:
    assert pulled_repositories(committed(), parameters={}, region=FRANKFURT) == (
        Repository(account="492215442770", region=FRANKFURT, name="sagemaker-scikit-learn"),
        Repository(account="492215442770", region=FRANKFURT, name="sagemaker-xgboost"),
    )


def test_a_pipeline_that_uses_one_of_awss_images_pulls_from_no_other_repository() -> None:
    found = pulled_repositories(read_definition(ROOT / "pipelines" / "digits"), parameters={}, region=FRANKFURT)
    assert [each.name for each in found] == ["sagemaker-scikit-learn"]


def test_the_jobs_pull_from_each_registry_that_the_definition_uses() -> None:
    found = pulled_repositories(with_image(PYTORCH), parameters={}, region=IRELAND)
    assert [(each.account, each.name) for each in found] == [
        ("141502667606", "sagemaker-xgboost"),
        ("763104351884", "pytorch-training"),
    ]


def test_the_jobs_pull_from_a_parameters_image_of_the_deployment_or_by_default() -> None:
    given = pulled_repositories(with_image(PARAMETER), parameters={"Image": own(IRELAND)}, region=IRELAND)
    default = pulled_repositories(with_image(PARAMETER, DefaultValue=own(IRELAND)), parameters={}, region=IRELAND)
    assert given == default
    assert Repository(account="111122223333", region=IRELAND, name="team/training") in given


def test_a_parameter_that_no_image_uses_allows_nothing() -> None:
    found = pulled_repositories(committed(), parameters={"Commit": own(IRELAND)}, region=IRELAND)
    assert "team/training" not in {each.name for each in found}


def test_an_image_can_be_a_parameter_without_a_default_with_a_value_per_deployment() -> None:
    found = with_image(PARAMETER)
    assert check_definition(found.document) == ()
    assert check_definition(found.document, parameters={"Image": own(IRELAND)}) == ()


def test_an_image_from_another_account_is_allowed() -> None:
    given = {"Image": own(IRELAND, account="999988887777")}
    assert refused_parameters(with_image(PARAMETER), given, region=IRELAND) == []


def test_an_image_in_another_region_is_refused() -> None:
    (refused,) = refused_parameters(with_image(PARAMETER), {"Image": own(IRELAND)}, region=FRANKFURT)
    assert refused.parameter == "Image"
    assert refused.reason == (
        f"step Prepare: ImageUri: '{own(IRELAND)}' is in eu-west-1, but SageMaker pulls images only from the region "
        "of the job, eu-central-1 (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html). "
        "Copy the image to a repository there"
    )
    assert refused_parameters(with_image(PARAMETER), {"Image": own(FRANKFURT)}, region=FRANKFURT) == []


def test_a_malformed_value_is_refused_once() -> None:
    (refused,) = refused_parameters(with_image(PARAMETER), {"Image": "team/training:1"}, region=IRELAND)
    assert refused.reason.startswith("step Prepare: ImageUri: 'team/training:1' is not the URI of an image in ECR. ")


def test_a_literal_image_is_checked_like_a_parameter() -> None:
    assert unusable_images(with_image(own(IRELAND)), {}, region=IRELAND) == []
    (problem,) = unusable_images(with_image(own(IRELAND)), {}, region=FRANKFURT)
    assert problem.startswith(f"pipelines/flight_delays, step Prepare: ImageUri: '{own(IRELAND)}' is in eu-west-1, ")
    (finding,) = check_definition(with_image("Team/training:1").document)
    assert finding.startswith("Prepare: ImageUri: 'Team/training:1' is not the URI of an image in ECR. ")


def test_a_default_in_another_region_is_the_definitions_error() -> None:
    found = with_image(PARAMETER, DefaultValue=own(IRELAND))
    assert len(unusable_images(found, {}, region=FRANKFURT)) == 1
    assert unusable_images(found, {"Image": own(FRANKFURT)}, region=FRANKFURT) == []


def test_an_image_that_aws_does_not_publish_in_the_region_is_refused() -> None:
    assert unusable_images(with_image(PYTORCH), {}, region=IRELAND) == []
    problems = unusable_images(with_image(PYTORCH), {}, region="eusc-de-east-1")
    assert problems[0].startswith(
        "pipelines/flight_delays, step Prepare: ImageUri: AWS does not publish pytorch-training:2.5.1-cpu-py311 in "
        "eusc-de-east-1. Versions in eusc-de-east-1: "
    )


@pytest.mark.parametrize("image", [{"Get": "Steps.Build.OutputParameters['Image']"}, {"Get": "Parameters.Image"}])
def test_an_image_that_only_a_run_knows_is_not_judged(image: dict[str, str]) -> None:
    assert unusable_images(with_image(image), {}, region=IRELAND) == []


def test_a_training_image_in_a_registry_of_the_vpc_is_not_one_of_ecr() -> None:
    found = document()
    (train,) = (step for step in found["Steps"] if step["Type"] == "Training")
    specification = train["Arguments"]["AlgorithmSpecification"]
    specification["TrainingImage"] = "registry.example.com/own:1"
    assert len(check_definition(found)) == 1
    specification["TrainingImageConfig"] = {"TrainingRepositoryAccessMode": "Vpc"}
    assert check_definition(found) == ()
