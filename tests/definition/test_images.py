"""The committed table of AWS's images."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mlproject.definition import image_regions, region_images
from mlproject.errors import UserError
from tests.definition.folders import ROOT


def test_a_regions_images_their_owner_and_domain_agree() -> None:
    found = region_images("eu-west-1")
    assert found.xgboost == "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
    assert found.sklearn == "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
    assert (found.account, found.suffix) == ("141502667606", "amazonaws.com")
    assert found.repositories == ("sagemaker-xgboost", "sagemaker-scikit-learn")


def test_chinas_regions_have_a_domain_of_their_own() -> None:
    assert region_images("cn-north-1").xgboost.partition("/")[0].endswith(".cn-north-1.amazonaws.com.cn")


def test_every_region_has_an_account_and_a_domain() -> None:
    assert len(image_regions()) == 37
    for region in image_regions():
        assert re.fullmatch(r"\d{12}", region_images(region).account), region
        assert re.fullmatch(r"[a-z0-9.]+", region_images(region).suffix), region


def test_a_region_without_images_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"region ap-southeast-7: .* Did you mean ap-southeast-\d\?"):
        region_images("ap-southeast-7")


def test_the_table_is_committed_sorted_and_readable() -> None:
    text = Path(ROOT / "mlproject" / "definition" / "images.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
