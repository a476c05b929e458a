"""The proofs of SageMaker's gaps."""

from __future__ import annotations

import inspect
import json
from typing import Any

from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

from embedded_aws.pipeline_executions import record_pipeline_execution
from tests.embedded_aws.gaps.proofs import bucket, proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

DEFINITION = json.dumps({"Version": "2020-12-01", "Steps": []})
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/image:1"
INFERENCE = {
    "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://models/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}
METRICS = {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://models/metrics.json"}}}
OTHER_ACCOUNT = "111111111111"
PACKAGE_ARGUMENTS = tuple(inspect.signature(SageMakerModelBackend.create_model_package).parameters)[1:]
METADATA = {"commit": "abc", "data": "2013"}


def group(services: Services, name: str) -> str:
    arn: str = services("sagemaker").create_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"]
    return arn


def package(services: Services, group_name: str, **more: Any) -> str:
    arn: str = services("sagemaker").create_model_package(
        ModelPackageGroupName=group_name,
        InferenceSpecification=INFERENCE,
        ModelApprovalStatus="PendingManualApproval",
        ModelMetrics=METRICS,
        CustomerMetadataProperties=METADATA,
        **more,
    )["ModelPackageArn"]
    return arn


def pipeline(services: Services, name: str, **more: Any) -> None:
    given = {"PipelineDefinition": DEFINITION, **more}
    services("sagemaker").create_pipeline(
        PipelineName=name, ClientRequestToken=name.ljust(32, "0"), RoleArn=ROLE, **given
    )


def execution(services: Services, name: str) -> str:
    arn: str = services("sagemaker").start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    return arn


def failed(arn: str, reason: str) -> None:
    record_pipeline_execution(REGION, {"arn": arn, "status": "Failed", "failure_reason": reason, "steps": []})


@proves("SageMakerModelBackend.add_tags")
def a_tag_is_given_another_value(services: Services, name: str) -> None:
    sagemaker, arn = services("sagemaker"), group(services, name)
    for value in ("1", "2"):
        sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": value}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "2"}]


@proves("SageMakerModelBackend.create_model_package_group")
def a_group_is_not_replaced_by_another_of_its_name(services: Services, name: str) -> None:
    group(services, name)
    refused("ValidationException", services("sagemaker").create_model_package_group, ModelPackageGroupName=name)


@proves("SageMakerResponse.delete_model_package_group", "SageMakerResponse.delete_model_package")
def a_group_is_deleted_after_its_versions(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    group(services, name)
    version = package(services, name)
    refused("ValidationException", sagemaker.delete_model_package_group, ModelPackageGroupName=name)
    sagemaker.delete_model_package(ModelPackageName=version)
    refused("ValidationException", sagemaker.describe_model_package, ModelPackageName=version)
    sagemaker.delete_model_package_group(ModelPackageGroupName=name)
    refused("ValidationException", sagemaker.describe_model_package_group, ModelPackageGroupName=name)


@proves("ModelPackage.__init__")
def a_deleted_versions_number_is_not_given_again(services: Services, name: str) -> None:
    group(services, name)
    first, second = package(services, name), package(services, name)
    services("sagemaker").delete_model_package(ModelPackageName=first)
    third = package(services, name)
    assert third == second.removesuffix("/2") + "/3"


@proves("SageMakerResponse.create_model_package", "ModelPackage.gen_response_object")
def a_package_keeps_all_that_it_is_given(services: Services, name: str) -> None:
    arn = package(services, group(services, name), SourceUri="s3://models/source", SkipModelValidation="All")
    shown = services("sagemaker").describe_model_package(ModelPackageName=arn)
    assert shown["ModelPackageGroupName"] == name
    assert shown["SourceUri"] == "s3://models/source"
    assert shown["SkipModelValidation"] == "All"
    assert shown["ModelMetrics"] == METRICS
    assert shown["CustomerMetadataProperties"] == METADATA
    listed = services("sagemaker").list_model_packages(ModelPackageGroupName=name)["ModelPackageSummaryList"]
    assert [(each["ModelPackageArn"], each["ModelApprovalStatus"]) for each in listed] == [
        (arn, "PendingManualApproval")
    ]


@proves("SageMakerModelBackend.describe_model_package")
def a_version_in_another_account_is_found_by_its_arn(services: Services, name: str) -> None:
    owner = sagemaker_backends[OTHER_ACCOUNT][REGION]
    owner.create_model_package_group(model_package_group_name=name, model_package_group_description="", tags=[])
    arn = owner.create_model_package(
        **{**dict.fromkeys(PACKAGE_ARGUMENTS), "model_package_group_name": name, "certify_for_marketplace": False}
    )
    assert arn == f"arn:aws:sagemaker:{REGION}:{OTHER_ACCOUNT}:model-package/{name}/1"
    assert services("sagemaker").describe_model_package(ModelPackageName=arn)["ModelPackageVersion"] == 1


@proves("SageMakerModelBackend.update_model_package")
def an_approval_leaves_the_metadata(services: Services, name: str) -> None:
    group(services, name)
    arn = package(services, name)
    services("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    services("sagemaker").update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"commit": "def"},
        CustomerMetadataPropertiesToRemove=["data"],
    )
    shown = services("sagemaker").describe_model_package(ModelPackageName=arn)
    assert shown["ModelApprovalStatus"] == "Approved"
    assert shown["CustomerMetadataProperties"] == {"commit": "def"}


@proves("SageMakerModelBackend.create_pipeline")
def a_definition_is_checked_and_read_from_s3(services: Services, name: str) -> None:
    for text in ("{not json", "[]", '{"Version": "2020-12-01"}'):
        given = {"PipelineName": name, "PipelineDefinition": text, "RoleArn": ROLE}
        refused("ValidationException", services("sagemaker").create_pipeline, **given)
    place = {"Bucket": bucket(services, name), "ObjectKey": "definition.json"}
    services("s3").put_object(Bucket=name, Key="definition.json", Body=DEFINITION.encode())
    services("sagemaker").create_pipeline(PipelineName=name, PipelineDefinitionS3Location=place, RoleArn=ROLE)
    assert services("sagemaker").describe_pipeline(PipelineName=name)["PipelineDefinition"] == DEFINITION


@proves("SageMakerModelBackend.update_pipeline")
def a_description_is_emptied(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    pipeline(services, name, PipelineDescription="first")
    before = sagemaker.describe_pipeline(PipelineName=name)
    sagemaker.update_pipeline(PipelineName=name, PipelineDescription="")
    after = sagemaker.describe_pipeline(PipelineName=name)
    assert not after.get("PipelineDescription")
    assert after["PipelineDefinition"] == DEFINITION
    assert after["LastModifiedTime"] > before["LastModifiedTime"]


@proves("SageMakerModelBackend.start_pipeline_execution")
def an_execution_waits_for_the_runner(services: Services, name: str) -> None:
    pipeline(services, name)
    arn = execution(services, name)
    shown = services("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
    assert shown["PipelineExecutionStatus"] == "Executing"
    assert f":{REGION}:{ACCOUNT}:pipeline/{name}/execution/" in arn
    given = services("sagemaker").list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    assert given["PipelineParameters"] == []


@proves("SageMakerModelBackend.describe_pipeline_execution")
def a_failed_execution_says_why(services: Services, name: str) -> None:
    pipeline(services, name)
    arn = execution(services, name)
    failed(arn, "Train failed")
    shown = services("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
    assert (shown["PipelineExecutionStatus"], shown["FailureReason"]) == ("Failed", "Train failed")


@proves("SageMakerModelBackend.list_pipeline_executions")
def the_newest_execution_comes_first(services: Services, name: str) -> None:
    pipeline(services, name)
    first, second = execution(services, name), execution(services, name)
    failed(first, "Train failed")
    listed = services("sagemaker").list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
    assert [each["PipelineExecutionArn"] for each in listed] == [second, first]
    assert [each.get("PipelineExecutionFailureReason") for each in listed] == [None, "Train failed"]


@proves("SageMakerResponse.list_pipeline_execution_steps")
def the_steps_that_the_runner_recorded_are_shown(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    pipeline(services, name)
    arn = execution(services, name)
    assert sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"] == []
    steps = [
        {"StepName": "Prepare", "StepStatus": "Succeeded", "StartTime": "2026-11-24T10:00:00+00:00"},
        {"StepName": "Train", "StepStatus": "Executing", "StartTime": "2026-11-24T10:01:00+00:00"},
    ]
    record_pipeline_execution(REGION, {"arn": arn, "status": "Executing", "steps": steps})
    newest_first = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert [(step["StepName"], step["StepStatus"]) for step in newest_first] == [
        ("Train", "Executing"),
        ("Prepare", "Succeeded"),
    ]
    oldest_first = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
    assert oldest_first["PipelineExecutionSteps"] == newest_first[::-1]


@proves("SageMakerResponse.stop_pipeline_execution", "SageMakerModelBackend.delete_pipeline")
def a_pipeline_is_deleted_when_nothing_executes_it(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    pipeline(services, name)
    arn, token = execution(services, name), {"ClientRequestToken": name.ljust(32, "0")}
    record_pipeline_execution(REGION, {"arn": arn, "status": "Executing", "steps": []})  # as the runner does
    execution(services, name)  # nothing runs this one
    refused("ConflictException", sagemaker.delete_pipeline, PipelineName=name, **token)
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, **token)
    shown = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert shown["PipelineExecutionStatus"] == "Stopped"
    refused("ConflictException", sagemaker.stop_pipeline_execution, PipelineExecutionArn=arn, **token)
    sagemaker.delete_pipeline(PipelineName=name, **token)
    refused("ResourceNotFound", sagemaker.stop_pipeline_execution, PipelineExecutionArn=arn, **token)
