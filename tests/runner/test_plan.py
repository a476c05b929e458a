"""The graph of a definition, and what is refused before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner.checks import check_supported, supported_features
from mlproject.runner.plan import plan
from tests.runner.samples import (
    at_least,
    condition,
    definition,
    fail,
    json_get,
    output_of,
    parameter,
    processing,
    training,
)


def refusals(*steps: dict[str, Any], isolation: Any = "prefix") -> list[str]:
    """What a definition with these steps is refused for, a line each."""
    with pytest.raises(UserError) as refused:
        check_supported(plan(definition(*steps)), {}, isolation=isolation)
    return str(refused.value).splitlines()


def test_a_step_waits_for_what_it_refers_to_for_depends_on_and_for_its_condition() -> None:
    branch = processing("C", inputs={"data": output_of("A", "out")}, DependsOn=["B"])
    nodes = plan(
        definition(
            processing("A"),
            processing("B"),
            condition("If", [at_least(json_get("A", "M", "x"), 1)], then=[branch], otherwise=[fail("No", "no")]),
        )
    )
    needs = {node.name: node.needs for node in nodes}
    assert needs == {
        "A": frozenset(),
        "B": frozenset(),
        "If": frozenset({"A"}),
        "C": frozenset({"A", "B", "If"}),
        "No": frozenset({"If"}),
    }
    assert {node.name: node.branch for node in nodes if node.parent == "If"} == {"C": True, "No": False}


def test_an_unknown_step_type_is_refused_by_name() -> None:
    (line,) = refusals({"Name": "Search", "Type": "AutoML", "Arguments": {}})
    assert line == (
        "step Search: step type 'AutoML' is not supported here; "
        "supported: Processing, Training, Tuning, Transform, Condition, Model, RegisterModel, Fail."
    )


def test_unknown_functions_and_conditions_are_refused_by_name() -> None:
    odd = condition("If", [{"Type": "Near", "LeftValue": 1, "RightValue": 2}], then=[], otherwise=[])
    lines = refusals(fail("No", {"Std:Upper": "x"}), odd)
    assert "step No: function 'Std:Upper' is not supported" in lines[0]
    assert "step If: condition type 'Near' is not supported" in lines[1]


def test_two_steps_of_one_name_a_missing_step_and_a_circle_are_refused() -> None:
    lines = refusals(
        processing("A"),
        processing("A"),
        processing("B", DependsOn=["Nowhere"]),
        processing("C", DependsOn=["D"]),
        processing("D", DependsOn=["C"]),
    )
    assert lines == [
        "step A: duplicate step name.",
        "step B: refers to a step 'Nowhere' that does not exist.",
        "steps C, D: they depend on each other in a cycle.",
    ]


def test_a_built_in_algorithm_is_refused_by_name() -> None:
    step = training("Train", channels={}, image="438346466558.dkr.ecr.eu-west-1.amazonaws.com/kmeans:1")
    step["Arguments"]["HyperParameters"] = {"k": "10"}
    assert refusals(step) == [
        "step Train (Training): image 'kmeans' is a built-in algorithm whose code exists only in that image; "
        "the only built-in algorithm that runs here is XGBoost."
    ]


def test_an_image_without_a_script_is_refused_by_name() -> None:
    step = training("Train", channels={})
    del step["Arguments"]["HyperParameters"]["sagemaker_program"]
    (line,) = refusals(step)
    assert line.startswith("step Train (Training): image 'sagemaker-xgboost' has no script to run; supported: script")


def test_an_unknown_image_is_refused_by_name() -> None:
    (line,) = refusals(processing("Clean", image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-image@sha256:0"))
    assert line.startswith("step Clean (Processing): image 'my-image' is not supported; supported: ")


def test_an_image_whose_package_is_missing_is_refused_by_name() -> None:
    (line,) = refusals(processing("Clean", image="763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5"))
    assert "needs the Python package 'torch', which is not installed here" in line


def test_an_image_that_is_a_parameter_is_judged_by_its_value() -> None:
    step = processing("Clean")
    step["Arguments"]["AppSpecification"]["ImageUri"] = {"Get": "Parameters.Image"}
    nodes = plan(definition(step, parameters=(parameter("Image", "String"),)))
    check_supported(nodes, {"Image": "x/sagemaker-xgboost:1"}, isolation="prefix")
    with pytest.raises(UserError, match="image 'other' is not supported"):
        check_supported(nodes, {"Image": "x/other:1"}, isolation="prefix")


def test_drivers_of_the_sdk_need_the_true_path() -> None:
    step = training("Train", channels={"sm_drivers": "s3://b/drivers"})
    (line,) = refusals(step)
    assert "channel 'sm_drivers' contains scripts of the SDK, which need a private /opt/ml" in line
    assert "omit --isolation prefix" in line
    check_supported(plan(definition(step)), {}, isolation="namespace")


def test_a_shell_script_as_entry_point_needs_the_true_path() -> None:
    step = processing("Clean")
    step["Arguments"]["AppSpecification"]["ContainerEntrypoint"] = ["/bin/bash", "/opt/ml/processing/input/run.sh"]
    (line,) = refusals(step)
    assert "its entry point is a shell script" in line


def test_code_that_is_inside_an_image_is_refused() -> None:
    step = processing("Clean")
    del step["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
    (line,) = refusals(step)
    assert "it has no ContainerEntrypoint: the code is in the image" in line


def test_inputs_that_only_aws_has_are_refused_by_name() -> None:
    step = processing("Clean")
    source = step["Arguments"]["ProcessingInputs"][0]
    inputs = step["Arguments"]["ProcessingInputs"]
    inputs.append({"InputName": "table", "DatasetDefinition": {"AthenaDatasetDefinition": {}}})
    inputs.append({"InputName": "pipe", "S3Input": {**source["S3Input"], "S3InputMode": "Pipe"}})
    step["Arguments"]["ProcessingOutputConfig"]["Outputs"].append(
        {"OutputName": "features", "FeatureStoreOutput": {"FeatureGroupName": "x"}, "AppManaged": True}
    )
    lines = refusals(step)
    assert [clause in line for clause, line in zip(("'table'", "'pipe'", "'features'"), lines, strict=True)]


def test_arguments_that_are_missing_are_named() -> None:
    (line,) = refusals({"Name": "Clean", "Type": "Processing", "Arguments": {}})
    assert line == "step Clean (Processing): its arguments lack 'AppSpecification'."


def test_every_finding_of_every_step_is_said_at_once() -> None:
    assert len(refusals(processing("A", image="a/x:1"), processing("B", image="a/y:1"))) == 2


def test_the_list_of_what_is_supported_names_what_the_checks_accept() -> None:
    found = supported_features()
    assert set(found["step types"]) >= {"Processing", "Training", "Transform", "RegisterModel"}
    for image in found["images"]:
        check_supported(plan(definition(processing("A", image=f"x/{image}:1"))), {}, isolation="prefix")
    for image in found["images that need a package"]:
        assert refusals(processing("A", image=f"x/{image}:1"))
