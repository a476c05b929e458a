"""The graph of a definition, and what is refused before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner.checks import supported_features
from mlproject.runner.plan import steps_as_nodes
from mlproject.runner.preparation import prepare_run
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


def refusals(
    *steps: dict[str, Any], isolation: Any = "prefix", parameters: tuple[dict[str, Any], ...] = (), **given: Any
) -> list[str]:
    """What a definition with these steps is refused for, a line each."""
    with pytest.raises(UserError) as refused:
        prepare_run(definition(*steps, parameters=parameters), given, isolation=isolation)
    return str(refused.value).splitlines()


def test_a_step_waits_for_what_it_refers_to_for_depends_on_and_for_its_condition() -> None:
    branch = processing("C", inputs={"data": output_of("A", "out")}, DependsOn=["B"])
    nodes = steps_as_nodes(
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
    (line,) = refusals({"Name": "Search", "Type": "Athena", "Arguments": {}})
    assert line == (
        "step Search: step type 'Athena' is not supported here; "
        "supported: Processing, Training, Tuning, Transform, EMR, EMRServerless, Condition, Model, RegisterModel, Fail."
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
    assert line.startswith("step Clean (Processing): image 'my-image@sha256:0' is not supported; supported: ")
    assert "add --image my-image=PYTHON" in line


def test_an_image_whose_package_is_missing_is_refused_by_name() -> None:
    (line,) = refusals(processing("Clean", image="763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5"))
    assert "image 'pytorch-training:2.5' needs the Python package 'torch', which is not installed here" in line
    assert "add --image pytorch-training=PYTHON" in line


def test_an_image_that_is_a_parameter_is_judged_by_its_value() -> None:
    step = processing("Clean")
    step["Arguments"]["AppSpecification"]["ImageUri"] = {"Get": "Parameters.Image"}
    document = definition(step, parameters=(parameter("Image", "String"),))
    prepare_run(document, {"Image": "x/sagemaker-xgboost:1"}, isolation="prefix")
    with pytest.raises(UserError, match="image 'x/other:1' is not supported"):
        prepare_run(document, {"Image": "x/other:1"}, isolation="prefix")


def test_drivers_of_the_sdk_need_the_true_path() -> None:
    step = training("Train", channels={"sm_drivers": "s3://b/drivers"})
    (line,) = refusals(step)
    assert "channel 'sm_drivers' contains scripts of the SDK, which need a private /opt/ml" in line
    assert "omit --isolation prefix" in line
    prepare_run(definition(step), {}, isolation="namespace")


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


def test_a_step_and_a_parameter_without_a_name_or_a_type_are_reported() -> None:
    nameless, typeless = processing("A"), processing("B")
    del nameless["Name"], typeless["Type"]
    assert refusals(nameless, typeless, parameters=({"Name": "Days"},)) == [
        "parameter Days: its definition lacks Type.",
        "step number 1: its definition lacks Name.",
        "step B: its definition lacks Type.",
    ]


def test_every_finding_of_every_step_is_said_at_once() -> None:
    assert len(refusals(processing("A", image="a/x:1"), processing("B", image="a/y:1"))) == 2


def test_references_to_parameters_and_variables_that_do_not_exist_are_refused() -> None:
    step = processing("A", arguments=[{"Get": "Parameters.Dayz"}, {"Get": "Parameters.Dayz"}, {"Get": "Execution.Id"}])
    choice = condition("If", [at_least({"Get": "Parameters.Limit"}, 1)], then=[], otherwise=[fail("No", "no")])
    variables = "CurrentDateTime, PipelineArn, PipelineExecutionArn, PipelineExecutionId, PipelineName, StartDateTime"
    assert refusals(step, choice, parameters=(parameter("Days", "Integer", 1),)) == [
        "step A: refers to a parameter 'Dayz' that does not exist. Did you mean Days?",
        f"step A: refers to an execution variable 'Id' that does not exist. Allowed: {variables}.",
        "step If: refers to a parameter 'Limit' that does not exist. Allowed: Days.",
    ]


def test_a_property_file_that_its_step_does_not_declare_is_refused() -> None:
    step = processing("A", property_files={"Metrics": ("out", "metrics.json")})
    choice = condition(
        "If", [at_least(json_get("A", "Metrics", "x"), json_get("A", "Metric", "x"))], then=[], otherwise=[]
    )
    assert refusals(step, choice) == ["step If: refers to a property file 'Metric' that step A does not declare."]


def test_errors_in_parameters_step_types_references_images_and_arguments_are_said_at_once() -> None:
    lines = refusals(
        {"Name": "Quality", "Type": "QualityCheck", "Arguments": {}},
        processing("Clean", image="a/x:1", DependsOn=["Nowhere"]),
        processing("Later", image={"Get": "Parameters.Image"}),  # type: ignore[arg-type]  # as in the definition
        {"Name": "Empty", "Type": "Processing", "Arguments": {}},
        parameters=(parameter("Image", "String"),),
    )
    assert [line.partition(":")[0] for line in lines] == [
        "parameter Image (String) has no default. Set it with --parameter Image=...",
        "step Quality",
        "step Clean",
        "step Clean (Processing)",
        "step Empty (Processing)",
    ]


def test_several_instances_are_refused_with_the_parameter_that_sets_their_number() -> None:
    count = parameter("Instances", "Integer", 2)
    clean, train = processing("Clean"), training("Train", channels={"train": "s3://raw/train"})
    clean["Arguments"]["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = {"Get": "Parameters.Instances"}
    clean["Arguments"]["ProcessingInputs"][0]["S3Input"]["S3DataDistributionType"] = "ShardedByS3Key"
    train["Arguments"]["ResourceConfig"]["InstanceCount"] = 3
    assert refusals(clean, train, parameters=(count,)) == [
        "step Clean (Processing): InstanceCount is 2, but a step runs on one instance here, so ShardedByS3Key cannot "
        "distribute its input. Run it with --parameter Instances=1.",
        "step Train (Training): InstanceCount is 3, but a step runs on one instance here. Set InstanceCount to 1.",
    ]
    prepare_run(definition(clean, parameters=(count,)), {"Instances": 1}, isolation="prefix")


def test_every_group_of_a_heterogeneous_cluster_counts() -> None:
    train = training("Train", channels={"train": "s3://raw/train"})
    groups = [{"InstanceGroupName": name, "InstanceType": "ml.m5.large", "InstanceCount": 2} for name in "ab"]
    train["Arguments"]["ResourceConfig"] = {"VolumeSizeInGB": 1, "InstanceGroups": groups}
    assert len(refusals(train)) == 2


def test_the_list_of_what_is_supported_names_what_the_checks_accept() -> None:
    found = supported_features()
    assert set(found["step types"]) >= {"Processing", "Training", "Transform", "RegisterModel"}
    for image in found["images"]:
        prepare_run(definition(processing("A", image=f"x/{image}:1")), {}, isolation="prefix")
    for image in found["images that need a package"]:
        assert refusals(processing("A", image=f"x/{image}:1"))
