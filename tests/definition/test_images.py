"""The committed table of AWS's containers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mlproject.definition import REGISTRIES, image_problem, image_regions, published_images, registry_hosts
from mlproject.definition.images.aws_images import unpublished_problem
from mlproject.errors import UserError
from tests.definition.folders import ROOT

DEEP_LEARNING = "${DeepLearningContainersRegistry}"


def test_a_region_has_a_host_for_each_registry() -> None:
    assert registry_hosts("eu-west-1") == {
        "BuiltInAlgorithmsRegistry": "685385470294.dkr.ecr.eu-west-1.amazonaws.com",
        "DeepLearningContainersRegistry": "763104351884.dkr.ecr.eu-west-1.amazonaws.com",
        "SageMakerFrameworksRegistry": "520713654638.dkr.ecr.eu-west-1.amazonaws.com",
        "SageMakerRegistry": "141502667606.dkr.ecr.eu-west-1.amazonaws.com",
    }
    assert registry_hosts("us-east-1")["SageMakerRegistry"] == "683313688378.dkr.ecr.us-east-1.amazonaws.com"


def test_chinas_regions_have_a_domain_of_their_own() -> None:
    assert registry_hosts("cn-north-1")["SageMakerRegistry"].endswith(".cn-north-1.amazonaws.com.cn")


def test_every_host_with_an_image_is_a_valid_uri() -> None:
    assert len(image_regions()) == 45
    for region in image_regions():
        hosts, images = registry_hosts(region), published_images(region)
        assert images.keys() == hosts.keys()
        for registry, host in hosts.items():
            assert registry in REGISTRIES
            assert not [image for image in images[registry] if image_problem(f"{host}/{image}")], region


def test_a_region_without_containers_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"region us-east-9: .* Did you mean us-east-\d\?"):
        registry_hosts("us-east-9")


def test_an_image_is_published_in_some_regions_only() -> None:
    image = f"{DEEP_LEARNING}/pytorch-inference:2.5.1-gpu-py311"
    regions = [region for region in image_regions() if unpublished_problem(image, region) is None]
    assert "eu-west-1" in regions
    assert len(regions) == 38
    problem = unpublished_problem(image, "eusc-de-east-1")
    assert problem is not None
    assert problem.startswith("AWS does not publish pytorch-inference:2.5.1-gpu-py311 in eusc-de-east-1. ")


def test_the_versions_that_a_region_has_are_listed() -> None:
    problem = unpublished_problem(f"{DEEP_LEARNING}/pytorch-training:9.9.9-cpu-py399", "eu-west-1")
    assert re.fullmatch(
        r"AWS does not publish pytorch-training:9\.9\.9-cpu-py399 in eu-west-1\. "
        r"Versions in eu-west-1: .*\b2\.5\.1\b.*",
        str(problem),
    )


@pytest.mark.parametrize("image", ["example.com/own:1", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/own:1"])
def test_an_image_that_is_not_awss_is_not_looked_up(image: str) -> None:
    assert unpublished_problem(image, "eu-west-1") is None


def test_a_version_is_not_taken_for_the_beginning_of_another() -> None:
    assert unpublished_problem("${SageMakerRegistry}/sagemaker-xgboost:3.2-0", "eu-west-1") is None
    assert unpublished_problem("${SageMakerRegistry}/sagemaker-xgboost:3.2-01", "eu-west-1") is not None


def test_the_table_is_committed_sorted_and_readable() -> None:
    text = Path(ROOT / "mlproject" / "definition" / "images" / "images.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
