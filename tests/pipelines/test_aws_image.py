"""aws_image gives the images of AWS's containers that the SDK knows, and says in one sentence which ones exist."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mlproject.definition import image_regions
from mlproject.definition.build import ENVIRONMENT, build_definition
from mlproject.definition.images.aws_images import image_runtime, unpublished_problem
from mlproject.errors import UserError
from tests.definition.folders import ROOT, copied

pytestmark = pytest.mark.pipelines

ASK = """
import json, sys
from pipeline_builder import offline
def ask(arguments):
    try:
        return offline.aws_image(**arguments)
    except offline.ImageError as error:
        return str(error)
print(json.dumps([offline.XGBOOST_IMAGE, offline.SKLEARN_IMAGE, *map(ask, json.load(sys.stdin))]))
"""
GPU = "ml.g5.xlarge"
DEEP_LEARNING = "${DeepLearningContainersRegistry}"
IMAGES: list[tuple[dict[str, Any], str]] = [
    ({"framework": "pytorch", "version": "2.5"}, f"{DEEP_LEARNING}/pytorch-training:2.5.1-cpu-py311"),
    (
        {"framework": "pytorch", "version": "2.5.1", "scope": "inference", "instance_type": GPU},
        f"{DEEP_LEARNING}/pytorch-inference:2.5.1-gpu-py311",
    ),
    (
        {"framework": "pytorch", "version": "0.4", "py_version": "py3"},
        "${SageMakerFrameworksRegistry}/sagemaker-pytorch:0.4.0-cpu-py3",
    ),
    (
        {"framework": "tensorflow", "version": "2.19", "scope": "processing"},
        f"{DEEP_LEARNING}/tensorflow-training:2.19.0-cpu-py312",
    ),
    (
        {"framework": "huggingface", "version": "4.49", "base_framework_version": "pytorch2.5", "instance_type": GPU},
        f"{DEEP_LEARNING}/huggingface-pytorch-training:2.5.1-transformers4.49.0-gpu-py311-cu124-ubuntu22.04",
    ),
    ({"framework": "sklearn", "version": "1.2-1"}, "${SageMakerRegistry}/sagemaker-scikit-learn:1.2-1-cpu-py3"),
    ({"framework": "xgboost", "version": "1.7-1"}, "${SageMakerRegistry}/sagemaker-xgboost:1.7-1"),
    ({"framework": "xgboost", "version": "1"}, "${BuiltInAlgorithmsRegistry}/xgboost:1"),
]
PYTORCH = {"framework": "pytorch", "version": "2.5"}
ERRORS: list[tuple[dict[str, Any], str]] = [
    ({"framework": "scikit-learn", "version": "1"}, "framework 'scikit-learn' is unknown. Did you mean sklearn? "),
    ({**PYTORCH, "version": "2.12"}, "version '2.12' does not exist. Allowed, closest first: 2.10.0, 2.9.0, 2.8.0, "),
    ({"framework": "xgboost", "version": "latest"}, "version 'latest' does not exist. Allowed, closest first: 3.2-0, "),
    ({"framework": "sklearn", "version": "1.4"}, "version '1.4' does not exist. Allowed, closest first: 1.4-2, "),
    ({**PYTORCH, "scope": "serving"}, "scope 'serving' is unknown. Did you mean "),
    ({**PYTORCH, "version": "1.8"}, "py_version is missing. Allowed: py3, py36."),
    ({**PYTORCH, "py_version": "py310"}, "py_version 'py310' does not exist. Allowed: py311."),
    ({**PYTORCH, "instance_type": "m5.large"}, "instance_type 'm5.large' is not valid. Allowed: such as ml.m5.large."),
    ({**PYTORCH, "instance_type": "ml.c6g.xlarge"}, "instance_type 'ml.c6g.xlarge' is neither an x86 CPU nor "),
    ({**PYTORCH, "instance_type": "ml.trn1.2xlarge"}, "instance_type 'ml.trn1.2xlarge' is neither an x86 CPU nor "),
    ({**PYTORCH, "base_framework_version": "pytorch2"}, "only huggingface has a base_framework_version. Remove it."),
    ({"framework": "huggingface", "version": "4.49"}, "base_framework_version is missing. Allowed: pytorch2.5.1."),
    (
        {"framework": "huggingface", "version": "4.49", "base_framework_version": "pytorch2.5"},
        "AWS publishes this image only for gpu, but ml.m5.large has a cpu. Set instance_type, such as ml.g5.xlarge.",
    ),
]


@cache
def answers() -> list[str]:
    """The images of offline.py, then the answer to each question of IMAGES and ERRORS."""
    done = subprocess.run(
        [ROOT / ENVIRONMENT / "bin" / "python", "-c", ASK],
        cwd=ROOT,
        input=json.dumps([arguments for arguments, _ in (*IMAGES, *ERRORS)]),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("number", range(len(IMAGES)), ids=[image.rpartition("/")[2] for _, image in IMAGES])
def test_an_image_is_found_and_in_the_committed_table(number: int) -> None:
    image = answers()[2 + number]
    assert image == IMAGES[number][1]
    assert [region for region in image_regions() if unpublished_problem(image, region) is None]


@pytest.mark.parametrize("number", range(len(ERRORS)), ids=[problem.partition(".")[0] for _, problem in ERRORS])
def test_what_does_not_exist_is_one_sentence_with_what_does(number: int) -> None:
    arguments, problem = ERRORS[number]
    call = f"aws_image({arguments['framework']!r}, version={arguments['version']!r}): "
    assert answers()[2 + len(IMAGES) + number].startswith(call + problem)


def test_the_python_of_the_two_images_of_offline_is_known() -> None:
    assert [image_runtime(image) is not None for image in answers()[:2]] == [True, True]


def test_an_image_that_does_not_exist_ends_the_build_with_the_line_of_the_pipeline(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (tmp_path / ENVIRONMENT).symlink_to((ROOT / ENVIRONMENT).resolve())
    before = (folder / "definition.json").read_bytes()
    source = folder / "pipeline.py"
    text = source.read_text().replace("offline.XGBOOST_IMAGE", 'offline.aws_image("xgboost", version="3.2-1")')
    source.write_text(text)
    line = 1 + text[: text.index("offline.aws_image")].count("\n")
    with pytest.raises(UserError) as raised:
        build_definition("flight_delays", root=tmp_path)
    assert str(raised.value).startswith(
        f"pipelines/flight_delays/pipeline.py:{line}: aws_image('xgboost', version='3.2-1'): "
        "version '3.2-1' does not exist. Allowed, closest first: 3.2-0, "
    )
    assert (folder / "definition.json").read_bytes() == before
