"""The resource types that are drawn, with their labels. All other types are only counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.architecture.pipelines import PIPELINE, count_steps
from mlproject.architecture.references import UNKNOWN, Key, References
from mlproject.translation import Message, counted

_HASH = re.compile(r"[0-9A-F]{8}$")

Describe = Callable[[References, Key], str | None]


@dataclass(frozen=True, kw_only=True)
class DrawnType:
    """A resource type that is drawn.

    Args:
        label: the type in the picture, such as "S3 bucket".
        group: heading and plural noun of a type whose resources are drawn as one node, such as "3 event rules".
        name: returns the name of a resource; if it returns None, the logical ID is used.
        detail: returns a fact that distinguishes the resource from others of the type.
    """

    label: str
    group: tuple[str, str] | None = None
    name: Describe
    detail: Describe = lambda _references, _key: None


def _property(*path: str) -> Describe:
    def read(references: References, key: Key) -> str | None:
        value: Any = references.properties(key)
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return references.to_text(value)

    return read


def _format_properties(pattern: str, *paths: str) -> Describe:
    """Return a function that formats properties by their names, or returns None if one of them is missing."""

    def read(references: References, key: Key) -> str | None:
        values = {path.split(".")[-1]: _property(*path.split("."))(references, key) for path in paths}
        return Message(pattern, **values) if all(values.values()) else None

    return read


def _steps(references: References, key: Key) -> str | None:
    """Return the number of steps in a pipeline's definition."""
    number = count_steps(references, key)
    return None if number is None else counted(number, "{number} step", "{number} steps")


def _service(references: References, key: Key) -> str | None:
    """Return an endpoint's service without the prefix and the region."""
    name = references.to_text(references.properties(key).get("ServiceName"))
    return ".".join(name.split(".")[3:]) if name and name.startswith("com.amazonaws.") else name


def _alias(references: References, key: Key) -> str | None:
    """Return the name of a key's alias."""
    for other in references.resources:
        if references.type_of(other) == "AWS::KMS::Alias":
            alias = references.properties(other)
            if key in references.find_references(other.stack, alias.get("TargetKeyId")):
                return (references.to_text(alias.get("AliasName")) or "").removeprefix("alias/")
    return None


def _repository(references: References, key: Key) -> str | None:
    """Return the last part of a repository's URL."""
    url = _property("GitConfig", "RepositoryUrl")(references, key)
    return url.rstrip("/").rsplit("/", maxsplit=1)[-1].removesuffix(".git") if url else None


def _instances(references: References, key: Key) -> str | None:
    instances = references.properties(key).get("Instances", {})
    types = {
        references.to_text(group.get("InstanceType"))
        for name, group in instances.items()
        if name.endswith("InstanceGroup") and isinstance(group, Mapping)
    }
    release = references.to_text(references.properties(key).get("ReleaseLabel"))
    return ", ".join(part for part in (release, *sorted(filter(None, types))) if part) or None


def _subnets(references: References, key: Key) -> str | None:
    number = sum(
        references.type_of(other) == "AWS::EC2::Subnet"
        and key in references.find_references(other.stack, references.properties(other).get("VpcId"))
        for other in references.resources
    )
    return counted(number, "{number} subnet", "{number} subnets") if number else None


# In the order in which the nodes of a panel are drawn.
DRAWN_TYPES: Mapping[str, DrawnType] = {
    "AWS::EC2::VPC": DrawnType(label=Message("VPC"), name=_property("CidrBlock"), detail=_subnets),
    "AWS::EC2::VPCEndpoint": DrawnType(
        label=Message("VPC endpoint"), group=("PrivateLink", Message("VPC endpoints")), name=_service
    ),
    "AWS::SageMaker::CodeRepository": DrawnType(
        label=Message("git repository"), name=_repository, detail=_property("GitConfig", "RepositoryUrl")
    ),
    "AWS::SageMaker::NotebookInstance": DrawnType(
        label=Message("notebook instance"),
        name=_property("NotebookInstanceName"),
        detail=_format_properties("{InstanceType}, {VolumeSizeInGB} GB", "InstanceType", "VolumeSizeInGB"),
    ),
    "AWS::EMR::Cluster": DrawnType(label=Message("EMR cluster"), name=_property("Name"), detail=_instances),
    "AWS::EMRServerless::Application": DrawnType(
        label=Message("EMR Serverless application"), name=_property("Name"), detail=_property("ReleaseLabel")
    ),
    PIPELINE: DrawnType(label=Message("pipeline"), name=_property("PipelineName"), detail=_steps),
    "AWS::SageMaker::ModelPackageGroup": DrawnType(
        label=Message("model registry"), name=_property("ModelPackageGroupName")
    ),
    "AWS::SageMaker::Endpoint": DrawnType(label=Message("inference endpoint"), name=_property("EndpointName")),
    "AWS::S3::Bucket": DrawnType(label=Message("S3 bucket"), name=_property("BucketName")),
    "AWS::ECR::Repository": DrawnType(label=Message("image repository"), name=_property("RepositoryName")),
    "AWS::SecretsManager::Secret": DrawnType(label=Message("secret"), name=_property("Name")),
    "AWS::KMS::Key": DrawnType(label=Message("KMS key"), name=_alias),
    "AWS::Scheduler::Schedule": DrawnType(
        label=Message("schedule"), name=_property("ScheduleExpression"), detail=_property("ScheduleExpressionTimezone")
    ),
    "AWS::Events::Rule": DrawnType(
        label=Message("event rule"), group=("EventBridge", Message("event rules")), name=_property("Name")
    ),
    "AWS::CloudWatch::Alarm": DrawnType(
        label=Message("alarm"), group=("CloudWatch", Message("alarms")), name=_property("AlarmName")
    ),
    "AWS::Budgets::Budget": DrawnType(
        label=Message("budget"),
        name=_format_properties("{Amount} {Unit} a month", "Budget.BudgetLimit.Amount", "Budget.BudgetLimit.Unit"),
    ),
    "AWS::CloudWatch::Dashboard": DrawnType(label=Message("dashboard"), name=_property("DashboardName")),
    "AWS::SNS::Topic": DrawnType(label=Message("SNS topic"), name=_property("DisplayName")),
    "AWS::SNS::Subscription": DrawnType(
        label=Message("subscription"),
        group=("SNS", Message("subscriptions")),
        name=_property("Endpoint"),
        detail=_property("Protocol"),
    ),
    "AWS::Logs::LogGroup": DrawnType(
        label=Message("log group"),
        name=_property("LogGroupName"),
        detail=_format_properties("retained {RetentionInDays} days", "RetentionInDays"),
    ),
}


def strip_hash(logical_id: str) -> str:
    """Return a logical ID without the hash that the CDK appends."""
    return _HASH.sub("", logical_id)


def shorten_name(name: str, *, prefix: str, account: str, region: str) -> str:
    """Return a name without the prefix, account and region that all names of a deployment share."""
    if isinstance(name, Message):
        return name
    resolved = name.replace(UNKNOWN, "").strip("-/") or name
    shorter = resolved.removesuffix(f"-{account}-{region}").removeprefix(f"{prefix}-")
    return shorter if any(letter.isalpha() for letter in shorter) else resolved
