"""Which types of resources are drawn, and what is said of them. All others are counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.architecture.references import UNKNOWN, Key, References

_HASH = re.compile(r"[0-9A-F]{8}$")

Describe = Callable[[References, Key], str | None]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type that is drawn.

    Args:
        words: "S3 bucket".
        together: set for those of which a stack has many: two or more are drawn as one, "3 event rules"; what is
            written above them, and the plural.
        name: what people call one; its logical id if this gives nothing.
        detail: the one fact that tells it from others.
    """

    words: str
    together: tuple[str, str] | None = None
    name: Describe
    detail: Describe = lambda _references, _key: None


def _property(*path: str) -> Describe:
    def read(references: References, key: Key) -> str | None:
        value: Any = references.properties(key)
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return references.text(value)

    return read


def _joined(pattern: str, *paths: str) -> Describe:
    """Several properties in a sentence; nothing where one of them is missing."""

    def read(references: References, key: Key) -> str | None:
        values = [_property(*path.split("."))(references, key) for path in paths]
        return pattern.format(*values) if all(values) else None

    return read


def _steps(references: References, key: Key) -> str | None:
    """How many steps a pipeline's definition has."""
    body = references.properties(key).get("PipelineDefinition", {}).get("PipelineDefinitionBody")
    text = body["Fn::Sub"] if isinstance(body, Mapping) and "Fn::Sub" in body else body
    text = text[0] if isinstance(text, list) else text
    if not isinstance(text, str):
        return None
    try:
        number = len(json.loads(text)["Steps"])
    except (ValueError, KeyError, TypeError):
        return None  # only a person's note beside the name is lost
    return f"{number} step{'' if number == 1 else 's'}"


def _service(references: References, key: Key) -> str | None:
    """The last parts of an endpoint service's name."""
    name = references.text(references.properties(key).get("ServiceName"))
    return ".".join(name.split(".")[3:]) if name and name.startswith("com.amazonaws.") else name


def _alias(references: References, key: Key) -> str | None:
    """The name of the alias that stands for a key."""
    for other in references.resources:
        if references.type_of(other) == "AWS::KMS::Alias":
            alias = references.properties(other)
            if key in references.mentioned(other.stack, alias.get("TargetKeyId")):
                return (references.text(alias.get("AliasName")) or "").removeprefix("alias/")
    return None


def _repository(references: References, key: Key) -> str | None:
    """The last part of a repository's address."""
    url = _property("GitConfig", "RepositoryUrl")(references, key)
    return url.rstrip("/").rsplit("/", maxsplit=1)[-1].removesuffix(".git") if url else None


def _instances(references: References, key: Key) -> str | None:
    instances = references.properties(key).get("Instances", {})
    types = {
        references.text(group.get("InstanceType"))
        for name, group in instances.items()
        if name.endswith("InstanceGroup") and isinstance(group, Mapping)
    }
    release = references.text(references.properties(key).get("ReleaseLabel"))
    return ", ".join(part for part in (release, *sorted(filter(None, types))) if part) or None


def _subnets(references: References, key: Key) -> str | None:
    number = sum(
        references.type_of(other) == "AWS::EC2::Subnet"
        and key in references.mentioned(other.stack, references.properties(other).get("VpcId"))
        for other in references.resources
    )
    return f"{number} subnet{'' if number == 1 else 's'}" if number else None


# In the order that they stand in, panel by panel.
KINDS: Mapping[str, Kind] = {
    "AWS::EC2::VPC": Kind(words="VPC", name=_property("CidrBlock"), detail=_subnets),
    "AWS::EC2::VPCEndpoint": Kind(words="VPC endpoint", together=("PrivateLink", "VPC endpoints"), name=_service),
    "AWS::SageMaker::CodeRepository": Kind(
        words="git repository", name=_repository, detail=_property("GitConfig", "RepositoryUrl")
    ),
    "AWS::SageMaker::NotebookInstance": Kind(
        words="notebook instance",
        name=_property("NotebookInstanceName"),
        detail=_joined("{}, {} GB", "InstanceType", "VolumeSizeInGB"),
    ),
    "AWS::EMR::Cluster": Kind(words="EMR cluster", name=_property("Name"), detail=_instances),
    "AWS::EMRServerless::Application": Kind(
        words="EMR Serverless application", name=_property("Name"), detail=_property("ReleaseLabel")
    ),
    "AWS::SageMaker::Pipeline": Kind(words="pipeline", name=_property("PipelineName"), detail=_steps),
    "AWS::SageMaker::ModelPackageGroup": Kind(words="model registry", name=_property("ModelPackageGroupName")),
    "AWS::SageMaker::Endpoint": Kind(words="inference endpoint", name=_property("EndpointName")),
    "AWS::S3::Bucket": Kind(words="S3 bucket", name=_property("BucketName")),
    "AWS::ECR::Repository": Kind(words="image repository", name=_property("RepositoryName")),
    "AWS::SecretsManager::Secret": Kind(words="secret", name=_property("Name")),
    "AWS::KMS::Key": Kind(words="KMS key", name=_alias),
    "AWS::Scheduler::Schedule": Kind(
        words="schedule", name=_property("ScheduleExpression"), detail=_property("ScheduleExpressionTimezone")
    ),
    "AWS::Events::Rule": Kind(words="event rule", together=("EventBridge", "event rules"), name=_property("Name")),
    "AWS::CloudWatch::Alarm": Kind(words="alarm", together=("CloudWatch", "alarms"), name=_property("AlarmName")),
    "AWS::Budgets::Budget": Kind(
        words="budget",
        name=_joined("{} {} a month", "Budget.BudgetLimit.Amount", "Budget.BudgetLimit.Unit"),
    ),
    "AWS::CloudWatch::Dashboard": Kind(words="dashboard", name=_property("DashboardName")),
    "AWS::SNS::Topic": Kind(words="SNS topic", name=_property("DisplayName")),
    "AWS::SNS::Subscription": Kind(
        words="subscription",
        together=("SNS", "subscriptions"),
        name=_property("Endpoint"),
        detail=_property("Protocol"),
    ),
    "AWS::Logs::LogGroup": Kind(
        words="log group", name=_property("LogGroupName"), detail=_joined("kept {} days", "RetentionInDays")
    ),
}


def clean(logical_id: str) -> str:
    """A logical id without what the CDK appends to it."""
    return _HASH.sub("", logical_id)


def short(name: str, *, prefix: str, account: str, region: str) -> str:
    """A name without what all names of a deployment have in common."""
    known = name.replace(UNKNOWN, "").strip("-/") or name
    shorter = known.removesuffix(f"-{account}-{region}").removeprefix(f"{prefix}-")
    return shorter if any(letter.isalpha() for letter in shorter) else known
