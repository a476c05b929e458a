"""`engine: spark`: which steps run on EMR or EMR Serverless, how the others refer to them, and what AWS accepts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from mlproject.definition import (
    APPLICATION_PLACEHOLDERS,
    CLUSTER_PLACEHOLDERS,
    Definition,
    fn_sub_string,
    references,
    steps_of,
    used_placeholders,
    with_engine,
)
from mlproject.definition.step_cluster import cluster_role_arns
from mlproject.errors import UserError
from mlproject.parameters import Deployment, Emr, EmrServerless, Pipeline
from tests.definition import folders
from tests.stacks.examples import OWNED, deployment

EMR = Emr(primary_instance_type="m5.xlarge", core_instance_type="r5.2xlarge", core_count=2, libraries="emr")
PARTS = ("train", "validation", "test", "score", "counts")


def on_spark(**changed: Any) -> Deployment:
    pipeline = Pipeline(folder="flight_delays", engine="spark")
    return deployment("flights", OWNED).model_copy(update={"pipeline": pipeline, "emr": EMR, **changed})


def step(definition: Definition, name: str) -> dict[str, Any]:
    (found,) = (each for each in steps_of(definition.document) if each["Name"] == name)
    return dict(found)


def test_the_step_with_a_spark_script_runs_it_with_the_uris_of_its_inputs_and_outputs() -> None:
    committed = folders.committed()
    changed = with_engine(committed, on_spark(), bootstrap=())
    before, after = step(committed, "Prepare"), step(changed, "Prepare")
    words = after["Arguments"]["StepConfig"]["HadoopJarStep"]["Args"]
    assert after["Type"] == "EMR"
    assert words[:4] == ["spark-submit", "--deploy-mode", "cluster", "s3://${PrepareSparkCode}"]
    uris = dict(zip(words[4::2], words[5::2], strict=True))
    (data,) = (each for each in before["Arguments"]["ProcessingInputs"] if each["InputName"] == "data")
    assert uris["--data"] == data["S3Input"]["S3Uri"]
    outputs = before["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    assert {f"--{each['OutputName']}": each["S3Output"]["S3Uri"] for each in outputs} == {
        name: uri for name, uri in uris.items() if name != "--data"
    }


def test_the_other_steps_are_unchanged_except_for_their_references_to_the_outputs() -> None:
    committed = folders.committed()
    changed = with_engine(committed, on_spark(), bootstrap=())
    words = step(changed, "Prepare")["Arguments"]["StepConfig"]["HadoopJarStep"]["Args"]
    positions = {f"Steps.Prepare.Config.Args[{words.index(f'--{part}') + 1}]": part for part in PARTS}
    found = {name for each in steps_of(changed.document) for name in references(each) if "Prepare" in name}
    assert {positions[name] for name in found} == {"train", "validation", "test", "score"}
    text = json.dumps(step(changed, "Train"))
    for name, part in positions.items():
        text = text.replace(name, f"Steps.Prepare.ProcessingOutputConfig.Outputs['{part}'].S3Output.S3Uri")
    assert json.loads(text) == step(committed, "Train")


def test_emr_accepts_the_cluster_and_its_placeholders_are_those_that_the_stack_fills() -> None:
    bootstrap = ("eu-west-1", "s3://${ClusterLibrariesProgram}")
    arguments = step(with_engine(folders.committed(), on_spark(), bootstrap=bootstrap), "Prepare")["Arguments"]
    used = used_placeholders(json.dumps(arguments["ClusterConfig"]))
    assert used == CLUSTER_PLACEHOLDERS.keys() | {"ArtifactsBucket", "KmsKey"}
    request = {"Name": "name", **arguments["ClusterConfig"]}
    model = ServiceModel(Loader().load_service_model("emr", "service-2"), "emr")
    report = ParamValidator().validate(request, model.operation_model("RunJobFlow").input_shape)
    assert not report.has_errors(), report.generate_report()
    # SageMaker Pipelines refuses these: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html
    assert not {"Name", "Steps", "AutoTerminationPolicy"} & arguments["ClusterConfig"].keys()
    instances = arguments["ClusterConfig"]["Instances"]
    assert not {"KeepJobFlowAliveWhenNoSteps", "TerminationProtected"} & instances.keys()
    assert [each["Name"] for each in instances["InstanceGroups"]] == ["Primary", "Core"]
    groups = {each["InstanceRole"]: each for each in instances["InstanceGroups"]}
    assert (groups["CORE"]["InstanceType"], groups["CORE"]["InstanceCount"]) == ("r5.2xlarge", 2)


def test_only_a_definition_on_spark_may_use_the_placeholders_of_a_cluster(tmp_path: Path) -> None:
    assert fn_sub_string(with_engine(folders.committed(), on_spark(), bootstrap=()), parameters={})
    text = json.dumps(folders.document()).replace("${KmsKey}", "${ClusterSubnet}")
    with pytest.raises(UserError, match="ClusterSubnet"):
        fn_sub_string(replace(folders.committed(), document=json.loads(text)), parameters={})


def on_application(**changed: Any) -> Deployment:
    return on_spark(emr=None, emr_serverless=EmrServerless(), **changed)


def test_without_a_cluster_the_step_runs_on_the_application_with_the_same_arguments() -> None:
    committed = folders.committed()
    cluster = step(with_engine(committed, on_spark(), bootstrap=()), "Prepare")["Arguments"]
    found = step(with_engine(committed, on_application(), bootstrap=()), "Prepare")
    assert found["Type"] == "EMRServerless"
    arguments = found["Arguments"]
    job = arguments["JobConfig"]["jobDriver"]["sparkSubmit"]
    words = cluster["StepConfig"]["HadoopJarStep"]["Args"]
    assert [job["entryPoint"], *job["entryPointArguments"]] == words[3:]
    assert arguments["ExecutionRoleArn"] == arguments["JobConfig"]["executionRoleArn"] == "${ApplicationJobRole}"
    assert arguments["ApplicationId"] == arguments["JobConfig"]["applicationId"] == "${ApplicationId}"


def test_the_other_steps_refer_to_the_arguments_of_the_job() -> None:
    committed = folders.committed()
    changed = with_engine(committed, on_application(), bootstrap=())
    words = step(changed, "Prepare")["Arguments"]["JobConfig"]["jobDriver"]["sparkSubmit"]["entryPointArguments"]
    path = "Steps.Prepare.jobRun.jobDriver.sparkSubmit.entryPointArguments"
    text = json.dumps(step(changed, "Train"))
    for part in PARTS:
        text = text.replace(
            f"{path}[{words.index(f'--{part}') + 1}]",
            f"Steps.Prepare.ProcessingOutputConfig.Outputs['{part}'].S3Output.S3Uri",
        )
    assert json.loads(text) == step(committed, "Train")
    assert path in json.dumps(step(changed, "Train"))


def test_emr_serverless_accepts_the_job_and_its_placeholders_are_those_that_the_stack_fills() -> None:
    arguments = step(with_engine(folders.committed(), on_application(), bootstrap=()), "Prepare")["Arguments"]
    text = json.dumps({**arguments, "JobConfig": {**arguments["JobConfig"], "jobDriver": {}}})
    assert used_placeholders(text) == APPLICATION_PLACEHOLDERS.keys()
    for name, sample in APPLICATION_PLACEHOLDERS.items():
        text = text.replace(f"${{{name}}}", sample)
    job = {"sparkSubmit": {"entryPoint": "s3://bucket/script.py", "entryPointArguments": ["--data", "s3://bucket/a"]}}
    request = {**json.loads(text)["JobConfig"], "jobDriver": job, "clientToken": "once"}
    model = ServiceModel(Loader().load_service_model("emr-serverless", "service-2"), "emr-serverless")
    shape = model.operation_model("StartJobRun").input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    assert request["tags"]["project"] == "flights"


def test_pandas_leaves_the_definition_unchanged() -> None:
    committed = folders.committed()
    assert with_engine(committed, on_spark(pipeline=Pipeline(folder="flight_delays")), bootstrap=()) is committed


def test_a_pipeline_without_a_spark_script_is_refused_with_the_remedy(tmp_path: Path) -> None:
    definition = replace(folders.committed(), folder=tmp_path)
    with pytest.raises(UserError, match=r"no Processing step has a Spark script.*steps/prepare_spark.py"):
        with_engine(definition, on_spark(), bootstrap=())


def test_a_step_whose_outputs_contain_property_files_is_refused() -> None:
    document = folders.document()
    (prepare,) = (each for each in document["Steps"] if each["Name"] == "Prepare")
    prepare["PropertyFiles"] = [{"PropertyFileName": "Counts", "OutputName": "counts", "FilePath": "counts.json"}]
    with pytest.raises(UserError, match="step Prepare has property files, which an EMR step cannot have"):
        with_engine(replace(folders.committed(), document=document), on_spark(), bootstrap=())


def test_the_roles_of_a_steps_cluster_are_those_of_the_projects_cluster() -> None:
    names, environment = on_spark().names, on_spark().environment
    start = f"arn:aws:iam::{environment.account}:role{environment.role_path}"
    assert cluster_role_arns(on_spark(), partition="aws") == {
        "ClusterServiceRole": f"{start}{names.role('emr-service')}",
        "ClusterNodeRole": f"{start}{names.role('emr-nodes')}",
    }
