"""The images of a pipeline in its stack: resolved for the region, and the only ones that its role may pull."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.parameters import Platform
from tests.definition.folders import document, lock
from tests.stacks.assembly import Stack, listed, stacks_of, statements
from tests.stacks.examples import LENT, OWNED, ROOT, deployment
from tests.stacks.test_application import messages

PYTORCH = "pytorch-training:2.5.1-gpu-py311"
OWN = "team/training:1"


def pipelines(root: Path, **images: Any) -> Path:
    """The real pipelines, with other images in the steps of one of them."""
    shutil.copytree(ROOT / "pipelines", root / "pipelines", ignore=shutil.ignore_patterns("__pycache__"))
    found = document()
    found["Parameters"].append({"Name": "Image", "Type": "String"})
    for step in found["Steps"]:
        if step["Name"] in images and step["Type"] == "Processing":
            step["Arguments"]["AppSpecification"]["ImageUri"] = images[step["Name"]]
        elif step["Name"] in images:
            step["Arguments"]["AlgorithmSpecification"]["TrainingImage"] = images[step["Name"]]
    folder = root / "pipelines" / "flight_delays"
    (folder / "definition.json").write_text(json.dumps(found))
    for package in ("pipeline_builder", "requirements"):
        (root / package).symlink_to(ROOT / package)
    lock(folder)
    return root / "pipelines"


def own(region: str) -> str:
    return f"999988887777.dkr.ecr.{region}.amazonaws.com/{OWN}"


def synthesize(folder: Path, out: Path) -> Mapping[str, Stack]:
    from stacks.application import add_stages, create_app

    platform = Platform(
        environments={"owned": OWNED, "lent": LENT},
        projects={"alpha": tuple(deployment("alpha", each, Image=own(each.region)) for each in (OWNED, LENT))},
    )
    app = create_app(ROOT, outdir=str(out))
    add_stages(app, platform, pipelines=folder)
    app.synth()
    return stacks_of(out)


def variables(stack: Stack) -> dict[str, Any]:
    _, found = stack.only("AWS::SageMaker::Pipeline")["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
    return dict(found)


def pulled(stack: Stack) -> list[str]:
    (statement,) = (found for _, found in statements(stack) if found.get("Sid") == "PullImages")
    return listed(statement["Resource"])


def test_a_container_is_resolved_in_each_region_and_the_role_pulls_exactly_what_is_used(tmp_path: Path) -> None:
    image = f"${{DeepLearningContainersRegistry}}/{PYTORCH}"
    folder = pipelines(tmp_path, Train=image, Prepare={"Get": "Parameters.Image"})
    found = synthesize(folder, tmp_path / "out")
    for name, region, deep_learning, sagemaker in (
        ("owned", "us-east-1", "763104351884", "683313688378"),
        ("lent", "eu-west-1", "763104351884", "141502667606"),
    ):
        stack = found[f"{name}/alpha/pipeline"]
        hosts = {key: value for key, value in variables(stack).items() if key.endswith("Registry")}
        assert hosts == {
            "DeepLearningContainersRegistry": f"{deep_learning}.dkr.ecr.{region}.amazonaws.com",
            "SageMakerRegistry": f"{sagemaker}.dkr.ecr.{region}.amazonaws.com",
        }
        assert pulled(stack) == [
            f"arn:aws:ecr:{region}:{sagemaker}:repository/sagemaker-xgboost",
            f"arn:aws:ecr:{region}:{deep_learning}:repository/pytorch-training",
            f"arn:aws:ecr:{region}:999988887777:repository/team/training",
        ]


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        ("${DeepLearningContainersRegistry}/pytorch-training:2.5.9-cpu-py311", "AWS does not publish pytorch-training"),
        (own("us-east-1"), "is in us-east-1, but SageMaker pulls images only from the region of the job, eu-west-1"),
        ("Training:1", "'Training:1' is not the URI of an image in ECR"),
    ],
)
def test_an_image_in_the_definition_that_a_region_refuses_ends_the_synthesis(
    tmp_path: Path, image: str, problem: str
) -> None:
    from stacks.application import add_stages, create_app

    platform = Platform(environments={"lent": LENT}, projects={"alpha": (deployment("alpha", LENT),)})
    app = create_app(ROOT, outdir=str(tmp_path / "out"))
    with pytest.raises(UserError) as raised:
        add_stages(app, platform, pipelines=pipelines(tmp_path, Train=image))
    assert str(raised.value).startswith("projects/alpha/project.yaml, lent: pipelines/flight_delays, step Train: ")
    assert problem in str(raised.value)


def test_a_value_of_another_region_is_an_error_of_the_pipelines_stack(tmp_path: Path) -> None:
    from stacks.application import add_stages, create_app

    wrong = deployment("alpha", LENT, Image=own("us-east-1"))
    app = create_app(ROOT, outdir=str(tmp_path / "out"))
    add_stages(
        app,
        Platform(environments={"lent": LENT}, projects={"alpha": (wrong,)}),
        pipelines=pipelines(tmp_path, Train={"Get": "Parameters.Image"}),
    )
    app.synth()
    ((_, sentence),) = messages(tmp_path / "out", "aws:cdk:error").items()
    assert "pipeline.parameters.Image: step Train: TrainingImage: " in sentence
