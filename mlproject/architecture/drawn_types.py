"""The resource types that are drawn, with their labels. All other types are only counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.architecture.pipelines import PIPELINE, count_steps
from mlproject.architecture.references import UNKNOWN, Key, References

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
    """Return a function that formats several properties, or returns None if one of them is missing."""

    def read(references: References, key: Key) -> str | None:
        values = [_property(*path.split("."))(references, key) for path in paths]
        return pattern.format(*values) if all(values) else None

    return read


def _steps(references: References, key: Key) -> str | None:
    """Return the number of steps in a pipeline's definition."""
    number = count_steps(references, key)
    return None if number is None else f"{number} step{'' if number == 1 else 's'}"


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
    return f"{number} subnet{'' if number == 1 else 's'}" if number else None


# In the order in which the nodes of a panel are drawn.
DRAWN_TYPES: Mapping[str, DrawnType] = {
    "AWS::EC2::VPC": DrawnType(label="VPC", name=_property("CidrBlock"), detail=_subnets),
    "AWS::EC2::VPCEndpoint": DrawnType(label="VPC endpoint", group=("PrivateLink", "VPC endpoints"), name=_service),
    "AWS::SageMaker::CodeRepository": DrawnType(
        label="git repository", name=_repository, detail=_property("GitConfig", "RepositoryUrl")
    ),
    "AWS::SageMaker::NotebookInstance": DrawnType(
        label="notebook instance",
        name=_property("NotebookInstanceName"),
        detail=_format_properties("{}, {} GB", "InstanceType", "VolumeSizeInGB"),
    ),
    "AWS::EMR::Cluster": DrawnType(label="EMR cluster", name=_property("Name"), detail=_instances),
    "AWS::EMRServerless::Application": DrawnType(
        label="EMR Serverless application", name=_property("Name"), detail=_property("ReleaseLabel")
    ),
    PIPELINE: DrawnType(label="pipeline", name=_property("PipelineName"), detail=_steps),
    "AWS::SageMaker::ModelPackageGroup": DrawnType(label="model registry", name=_property("ModelPackageGroupName")),
    "AWS::SageMaker::Endpoint": DrawnType(label="inference endpoint", name=_property("EndpointName")),
    "AWS::S3::Bucket": DrawnType(label="S3 bucket", name=_property("BucketName")),
    "AWS::ECR::Repository": DrawnType(label="image repository", name=_property("RepositoryName")),
    "AWS::SecretsManager::Secret": DrawnType(label="secret", name=_property("Name")),
    "AWS::KMS::Key": DrawnType(label="KMS key", name=_alias),
    "AWS::Scheduler::Schedule": DrawnType(
        label="schedule", name=_property("ScheduleExpression"), detail=_property("ScheduleExpressionTimezone")
    ),
    "AWS::Events::Rule": DrawnType(label="event rule", group=("EventBridge", "event rules"), name=_property("Name")),
    "AWS::CloudWatch::Alarm": DrawnType(label="alarm", group=("CloudWatch", "alarms"), name=_property("AlarmName")),
    "AWS::Budgets::Budget": DrawnType(
        label="budget",
        name=_format_properties("{} {} a month", "Budget.BudgetLimit.Amount", "Budget.BudgetLimit.Unit"),
    ),
    "AWS::CloudWatch::Dashboard": DrawnType(label="dashboard", name=_property("DashboardName")),
    "AWS::SNS::Topic": DrawnType(label="SNS topic", name=_property("DisplayName")),
    "AWS::SNS::Subscription": DrawnType(
        label="subscription",
        group=("SNS", "subscriptions"),
        name=_property("Endpoint"),
        detail=_property("Protocol"),
    ),
    "AWS::Logs::LogGroup": DrawnType(
        label="log group",
        name=_property("LogGroupName"),
        detail=_format_properties("retained {} days", "RetentionInDays"),
    ),
}


def strip_hash(logical_id: str) -> str:
    """Return a logical ID without the hash that the CDK appends."""
    return _HASH.sub("", logical_id)


def shorten_name(name: str, *, prefix: str, account: str, region: str) -> str:
    """Return a name without the prefix, account and region that all names of a deployment share."""
    resolved = name.replace(UNKNOWN, "").strip("-/") or name
    shorter = resolved.removesuffix(f"-{account}-{region}").removeprefix(f"{prefix}-")
    return shorter if any(letter.isalpha() for letter in shorter) else resolved
