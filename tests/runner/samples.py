"""Small definitions for tests, written as the SDK writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROLE = "arn:aws:iam::123456789012:role/tests"
SKLEARN = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
XGBOOST = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
NETWORK = (
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
    "DescribeDhcpOptions",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
)
EXECUTION = {"Get": "Execution.PipelineExecutionId"}


def join(*values: Any, on: str = "/") -> dict[str, Any]:
    return {"Std:Join": {"On": on, "Values": list(values)}}


def output_of(step: str, name: str) -> dict[str, str]:
    return {"Get": f"Steps.{step}.ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri"}


def json_get(step: str, file: str, path: str) -> dict[str, Any]:
    return {"Std:JsonGet": {"PropertyFile": {"Get": f"Steps.{step}.PropertyFiles.{file}"}, "Path": path}}


def processing(
    name: str,
    *,
    script: str = "step.py",
    arguments: list[Any] | None = None,
    inputs: dict[str, Any] | None = None,
    outputs: tuple[str, ...] = ("out",),
    property_files: dict[str, tuple[str, str]] | None = None,
    image: str = SKLEARN,
    environment: dict[str, str] | None = None,
    bucket: str = "artifacts",
    **step: Any,
) -> dict[str, Any]:
    """A processing step whose script is `s3://code/<script>`."""
    sources = {"code": f"s3://code/{script}", **(inputs or {})}
    application: dict[str, Any] = {
        "ImageUri": image,
        "ContainerEntrypoint": ["python3", f"/opt/ml/processing/input/code/{script}"],
    }
    if arguments:
        application["ContainerArguments"] = arguments
    step_arguments: dict[str, Any] = {
        "AppSpecification": application,
        "ProcessingInputs": [
            {
                "InputName": key,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": f"/opt/ml/processing/input/{key}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
            for key, uri in sources.items()
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": key,
                    "S3Output": {
                        "S3Uri": join(f"s3://{bucket}", EXECUTION, name, key),
                        "LocalPath": f"/opt/ml/processing/output/{key}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for key in outputs
            ]
        },
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}
        },
        "RoleArn": ROLE,
        "Environment": environment or {},
    }
    files = [
        {"PropertyFileName": key, "OutputName": output, "FilePath": path}
        for key, (output, path) in (property_files or {}).items()
    ]
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": step_arguments,
        **({"PropertyFiles": files} if files else {}),
        **step,
    }


def training(
    name: str,
    *,
    channels: dict[str, Any],
    hyperparameters: dict[str, Any] | None = None,
    program: str = "train.py",
    image: str = XGBOOST,
    submitted: str = "s3://code/train.tar.gz",
    **arguments: Any,
) -> dict[str, Any]:
    """A training step in script mode whose code is `s3://code/train.tar.gz`."""
    return {
        "Name": name,
        "Type": "Training",
        "Arguments": {
            "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
            "HyperParameters": {
                "sagemaker_program": program,
                "sagemaker_submit_directory": submitted,
                **(hyperparameters or {}),
            },
            "InputDataConfig": [
                {
                    "ChannelName": key,
                    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
                }
                for key, uri in channels.items()
            ],
            "OutputDataConfig": {"S3OutputPath": "s3://artifacts/models"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "RoleArn": ROLE,
            **arguments,
        },
    }


def condition(
    name: str, conditions: list[dict[str, Any]], *, then: list[dict[str, Any]], otherwise: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "Condition",
        "Arguments": {"Conditions": conditions, "IfSteps": then, "ElseSteps": otherwise},
    }


def at_least(left: Any, right: Any) -> dict[str, Any]:
    return {"Type": "GreaterThanOrEqualTo", "LeftValue": left, "RightValue": right}


def fail(name: str, message: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": message}}


def register(name: str, model: Any, *, group: str = "tests") -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": group,
            "InferenceSpecification": {
                "Containers": [{"Image": XGBOOST, "ModelDataUrl": model}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            "ModelApprovalStatus": "PendingManualApproval",
        },
    }


def parameter(name: str, kind: str, default: Any = None, **more: Any) -> dict[str, Any]:
    given = {} if default is None else {"DefaultValue": default}
    return {"Name": name, "Type": kind, **given, **more}


def definition(*steps: dict[str, Any], parameters: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"Version": "2020-12-01", "Metadata": {}, "Parameters": list(parameters), "Steps": list(steps)}


def write(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "definition.json"
    path.write_text(json.dumps(document))
    return path


def grants(*, bucket: str, role: str, group: str, region: str) -> list[dict[str, Any]]:
    """What a role must allow for the steps of these definitions, and nothing else.

    Args:
        bucket: of inputs, code and outputs.
        role: the role's own ARN.
        group: of the model packages.
        region: of everything.
    """
    account = role.split(":")[4]
    sagemaker = f"arn:aws:sagemaker:{region}:{account}"
    objects = f"arn:aws:s3:::{bucket}"
    jobs = [f"{sagemaker}:{kind}-job/pipelines-*" for kind in ("processing", "training", "transform")]
    table: list[tuple[str, list[str]]] = [
        *(
            (f"sagemaker:{verb}{kind}Job", jobs)
            for verb in ("Create", "Describe")
            for kind in ("Processing", "Training")
        ),
        ("sagemaker:CreateTransformJob", jobs),
        ("sagemaker:DescribeTransformJob", jobs),
        ("sagemaker:CreateModel", [f"{sagemaker}:model/pipelines-*"]),
        ("sagemaker:DescribeModel", [f"{sagemaker}:model/pipelines-*"]),
        *(
            (
                f"sagemaker:{verb}ModelPackage",
                [f"{sagemaker}:model-package-group/{group}", f"{sagemaker}:model-package/{group}/*"],
            )
            for verb in ("Create", "Describe")
        ),
        ("sagemaker:AddTags", [*jobs, f"{sagemaker}:model/pipelines-*", f"{sagemaker}:model-package/{group}/*"]),
        ("iam:PassRole", [role]),
        ("ecr:GetAuthorizationToken", ["*"]),
        *(
            (f"ecr:{action}", ["arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-*"])
            for action in ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
        ),
        *(
            (f"logs:{action}", [f"arn:aws:logs:{region}:{account}:log-group:/aws/sagemaker/*"])
            for action in ("CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents")
        ),
        ("cloudwatch:PutMetricData", ["*"]),
        *((f"ec2:{action}", ["*"]) for action in NETWORK),
        *((f"kms:{action}", ["*"]) for action in ("CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey")),
        ("s3:GetBucketLocation", [objects]),
        ("s3:ListBucket", [objects]),
        ("s3:GetObject", [f"{objects}/*"]),
        ("s3:PutObject", [f"{objects}/*"]),
    ]
    return [{"Effect": "Allow", "Action": action, "Resource": resources} for action, resources in table]


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
