"""The questions that a step puts to IAM on AWS, from the table of calls and the step's own resolved arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlproject.aws_rules.step_calls import STEP_CALLS
from mlproject.aws_rules.step_shapes import Arguments, Shape, Values, shape_of

_SAGEMAKER = "sagemaker.amazonaws.com"
_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whether an action on a resource would be allowed.

    Args:
        action: such as `ecr:BatchGetImage`.
        resource: an ARN, or `*`; a part that AWS makes up, or that only the job knows, stands as `*`.
        context: condition keys of the call; None for one that the call would not have.
    """

    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Target:
    """A resource with the condition keys that calls on it have."""

    arn: str
    told: Mapping[str, Values] = field(default_factory=dict)


def step_questions(
    step_type: str,
    arguments: Arguments,
    *,
    name: str,
    sagemaker: str,
    pipeline_role: str,
    objects: Sequence[str] = (),
    property_files: Sequence[Arguments] = (),
    model: Arguments | None = None,
) -> dict[str, tuple[Question, ...]]:
    """Everything that AWS would ask IAM for one step.

    Args:
        step_type: such as `Processing`.
        arguments: resolved.
        name: of the job or model that the step makes.
        sagemaker: how ARNs of SageMaker begin here, such as `arn:aws:sagemaker:eu-west-1:123456789012`.
        pipeline_role: the pipeline's role.
        objects: `s3://` addresses of input objects, as they were listed.
        property_files: what the step declares.
        model: the arguments of the model that a Transform step uses.

    Returns:
        questions by the ARN of the role that they are asked of; nothing for a step that calls nothing.

    Raises:
        KeyError: a step type without a row.
    """
    calls = STEP_CALLS[step_type]
    if not calls:
        return {}
    shape = shape_of(step_type, arguments, name=name, model=model or {})
    place = _Place.read(sagemaker)
    targets = {
        **_made(shape, arguments, name, place),
        **_network(shape, place),
        **_images(shape, place),
        **_reports(shape, name, place),
        **_objects(shape, objects, place),
        **_keys(shape, place),
        **_property_files(shape, arguments, property_files, place),
    }
    roles = {"pipeline": pipeline_role, "job": shape.role or pipeline_role}
    found: dict[str, dict[tuple[Any, ...], Question]] = {}
    for call in calls:
        asked = found.setdefault(roles[call.by], {})
        for target in (target for kind in call.on for target in targets[kind]):
            for action in call.actions:
                question = Question(action=action, resource=target.arn, context=target.told)
                asked.setdefault((action, target.arn, tuple(sorted(target.told.items(), key=str))), question)
    return {role: tuple(asked.values()) for role, asked in found.items() if asked}


Targets = Mapping[str, tuple[_Target, ...]]


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the pipeline is."""

    partition: str
    region: str
    account: str
    sagemaker: str

    @classmethod
    def read(cls, sagemaker: str) -> _Place:
        _, partition, _, region, account = sagemaker.split(":")
        return cls(partition=partition, region=region, account=account, sagemaker=sagemaker)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def s3(self, uri: str) -> str:
        """The ARN of an object, from its address."""
        return f"arn:{self.partition}:s3:::{uri.removeprefix('s3://')}"

    def key(self, identifier: str) -> str:
        """The ARN of a key, from any way to name one."""
        if identifier.startswith("arn:"):
            return identifier
        return self.arn("kms", identifier if identifier.startswith("alias/") else f"key/{identifier}")


def _made(shape: Shape, arguments: Arguments, name: str, place: _Place) -> Targets:
    role = (_Target(arn=shape.role, told={"iam:PassedToService": _SAGEMAKER}),) if shape.role and shape.passes else ()
    if shape.kind == "model-package":
        group = str(arguments.get("ModelPackageGroupName", "")).rpartition("/")[2]
        versions = f"{place.sagemaker}:model-package/{group}/*"
        return {
            "new": _each([versions, f"{place.sagemaker}:model-package-group/{group}"], shape.told),
            "made": _each([versions]),
            "passed role": role,
        }
    arn = f"{place.sagemaker}:{shape.kind}/{name}"
    return {"new": _each([arn], shape.told), "made": _each([arn]), "passed role": role}


def _network(shape: Shape, place: _Place) -> Targets:
    if not shape.network:
        return dict.fromkeys(("network", "network interfaces", "security group", "subnets"), ())
    return {
        "network": _each(["*"]),
        # EC2 gives the id when it makes one.
        "network interfaces": _each([place.arn("ec2", "network-interface/*")]),
        "security group": _each(
            place.arn("ec2", f"security-group/{each}") for each in shape.network["SecurityGroupIds"]
        ),
        "subnets": _each(place.arn("ec2", f"subnet/{each}") for each in shape.network["Subnets"]),
    }


def _images(shape: Shape, place: _Place) -> Targets:
    """Images of ECR; one of a private registry is not fetched with the job's role."""
    found = [match.groups() for image in shape.images if (match := _IMAGE.match(image))]
    return {
        "registries": _each(["*"] if found else []),
        "images": _each(
            f"arn:{place.partition}:ecr:{region}:{account}:repository/{name}" for account, region, name in found
        ),
    }


def _reports(shape: Shape, name: str, place: _Place) -> Targets:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html and monitoring-cloudwatch.html"""
    if not shape.logs:
        return {}
    group = f"/aws/sagemaker/{shape.logs}"
    return {
        "log group": _each([place.arn("logs", f"log-group:{group}:log-stream:")]),
        "log streams": _each([place.arn("logs", f"log-group:{group}:log-stream:{name}/*")]),
        "job metrics": _each(["*"], {"cloudwatch:namespace": group}),
    }


def _objects(shape: Shape, objects: Sequence[str], place: _Place) -> Targets:
    used = (*shape.prefixes, *shape.objects, *shape.outputs)
    buckets = sorted({f"s3://{_split(uri)[0]}" for uri in used})
    key = None if shape.output_key is None else place.key(shape.output_key)
    # Without a key of one's own SageMaker still encrypts, with which header AWS does not say.
    told: dict[str, Values] = (
        {"s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": key}
        if key
        else {}
    )
    return {
        "input objects": _each(place.s3(uri) for uri in (*shape.objects, *objects)),
        "input prefixes": tuple(
            _Target(arn=place.s3(bucket), told={"s3:prefix": prefix}) for bucket, prefix in map(_split, shape.prefixes)
        ),
        "buckets": _each(map(place.s3, buckets)),
        "output objects": _each((f"{place.s3(uri).rstrip('/')}/*" for uri in shape.outputs), told),
    }


def _keys(shape: Shape, place: _Place) -> Targets:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"""
    volume = [place.key(shape.volume_key)] if shape.volume_key else []
    output = [place.key(shape.output_key)] if shape.output_key else []
    caller: dict[str, Values] = {"kms:CallerAccount": place.account}
    return {
        "volume key": _each(volume, {**caller, "kms:GrantIsForAWSResource": "true"}),
        "output key": _each(output, caller),
        "output key in S3": _each(output, _through_s3(place)),
    }


def _through_s3(place: _Place) -> dict[str, Values]:
    return {"kms:CallerAccount": place.account, "kms:ViaService": f"s3.{place.region}.amazonaws.com"}


def _property_files(shape: Shape, arguments: Arguments, declared: Sequence[Arguments], place: _Place) -> Targets:
    outputs = {
        each["OutputName"]: each["S3Output"]["S3Uri"]
        for each in arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
        if "S3Output" in each
    }
    files = [
        place.s3(f"{outputs[each['OutputName']].rstrip('/')}/{each['FilePath']}")
        for each in declared
        if each["OutputName"] in outputs
    ]
    key = [place.key(shape.output_key)] if files and shape.output_key else []
    return {"property files": _each(files), "property files' key": _each(key, _through_s3(place))}


def _each(arns: Iterable[str], told: Mapping[str, Values] | None = None) -> tuple[_Target, ...]:
    return tuple(_Target(arn=arn, told=told or {}) for arn in arns)


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
