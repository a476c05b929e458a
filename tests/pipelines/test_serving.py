"""A registered model carries what its container needs, whatever the SDK guessed."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from mlproject.definition import asset_placeholders, submitted_directories
from pipeline_builder.serving import complete_package, serving_environment
from tests.definition.folders import ROOT

GUESSED = {"SAGEMAKER_REGION": "eu-west-1", "SAGEMAKER_PROGRAM": "", "SAGEMAKER_SUBMIT_DIRECTORY": ""}
BUILD = """
import json
from pipeline_builder import offline, steps
factory = steps.StepFactory(pipeline="x", instance_type="ml.m5.large", session=offline.create_session())
step = factory.registration_step(
    "Register",
    image=offline.SKLEARN_IMAGE,
    model_data="s3://bucket/model.tar.gz",
    inference_script="inference.py",
    content_types=["text/csv"],
    response_types=["text/csv"],
)
text = offline.build_definition(parameters=[], steps=[step], sagemaker_session=factory.session)
offline.main(lambda: text)
"""


def request(**more: Any) -> dict[str, Any]:
    return {"InferenceSpecification": {"Containers": [{"Image": "x", "Environment": dict(GUESSED)}]}, **more}


def test_a_container_without_a_script_has_no_environment_and_empty_metrics_are_left_out() -> None:
    found = request(ModelMetrics={"Bias": {}, "Explainability": {}})
    complete_package(found, environment={})
    assert found == {"InferenceSpecification": {"Containers": [{"Image": "x"}]}}


def test_a_package_without_metrics_is_complete() -> None:
    found = request()
    complete_package(found, environment=serving_environment("my_model.py"))
    (container,) = found["InferenceSpecification"]["Containers"]
    assert container["Environment"] == {
        "SAGEMAKER_PROGRAM": "my_model.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "s3://${MyModelCode}",
    }


def test_the_scripts_placeholder_is_the_one_that_the_stack_fills() -> None:
    for script in ("inference.py", "my_model.py"):
        code, _ = asset_placeholders(script)
        assert serving_environment(script)["SAGEMAKER_SUBMIT_DIRECTORY"] == f"s3://${{{code}}}"


def test_a_script_in_the_model_archive_is_not_uploaded() -> None:
    found = request()
    complete_package(found, environment=serving_environment("serve.py", submit_directory="/opt/ml/model/code"))
    assert submitted_directories(found) == ("/opt/ml/model/code",)


@pytest.mark.parametrize("name", ["steps/inference.py", "inference"])
def test_an_inference_script_is_a_file_name(name: str) -> None:
    with pytest.raises(ValueError, match="is not a file name in steps/"):
        serving_environment(name)


@pytest.mark.pipelines
def test_the_sdk_registers_a_scikit_learn_model_with_its_script_and_without_metrics() -> None:
    python = ROOT / ".venv-pipelines" / "bin" / "python"
    done = subprocess.run([python, "-c", BUILD], cwd=ROOT, env={}, capture_output=True, text=True, check=True)
    (step,) = json.loads(done.stdout)["Steps"]
    assert "ModelMetrics" not in step["Arguments"]
    assert submitted_directories(step["Arguments"]) == ("s3://${InferenceCode}",)
