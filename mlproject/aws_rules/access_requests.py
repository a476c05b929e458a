"""IAM access requests of a step on AWS, derived from the table of calls and the resolved arguments of the step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlproject.aws_rules.step_calls import STEP_CALLS
from mlproject.aws_rules.step_resources import Arguments, StepResources, Values, read_step_resources

_SAGEMAKER = "sagemaker.amazonaws.com"
_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)")


@dataclass(frozen=True, kw_only=True)
class AccessRequest:
    """An action on a resource, to be authorized by IAM.

    Args:
        action: such as `ecr:BatchGetImage`.
        resource: an ARN, or `*`. Parts of an ARN that are not known in advance are `*`.
        context: values of condition keys, or None for a key that the request does not contain.
    """

    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Resource:
    """ARN of a resource, with the condition keys of requests on it."""

    arn: str
    context: Mapping[str, Values] = field(default_factory=dict)


def step_access_requests(
    step_type: str,
    arguments: Arguments,
    *,
    name: str,
    sagemaker: str,
    pipeline_role: str,
    objects: Sequence[str] = (),
    property_files: Sequence[Arguments] = (),
    model: Arguments | None = None,
) -> dict[str, tuple[AccessRequest, ...]]:
    """Return the access requests that SageMaker makes for a step on AWS.

    Args:
        step_type: such as `Processing`.
        arguments: resolved arguments of the step.
        name: name of the job or model that the step creates.
        sagemaker: prefix of SageMaker's ARNs, such as `arn:aws:sagemaker:eu-west-1:123456789012`.
        pipeline_role: ARN of the pipeline's role.
        objects: S3 URIs of the input objects.
        property_files: property files of the step.
        model: arguments of the model that a Transform step uses.

    Returns:
        requests by the ARN of the calling role. Empty for a step that makes no calls.

    Raises:
        KeyError: the step type is not supported.
    """
    calls = STEP_CALLS[step_type]
    if not calls:
        return {}
    step = read_step_resources(step_type, arguments, name=name, model=model or {})
    location = _Location.parse(sagemaker)
    resources = {
        **_created(step, arguments, name, location),
        **_network(step, location),
        **_images(step, location),
        **_logs_and_metrics(step, name, location),
        **_objects(step, objects, location),
        **_keys(step, location),
        **_property_files(step, arguments, property_files, location),
    }
    roles = {"pipeline": pipeline_role, "job": step.role or pipeline_role}
    found: dict[str, dict[tuple[Any, ...], AccessRequest]] = {}
    for call in calls:
        requests = found.setdefault(roles[call.caller], {})
        for resource in (each for type_ in call.resource_types for each in resources[type_]):
            for action in call.actions:
                request = AccessRequest(action=action, resource=resource.arn, context=resource.context)
                requests.setdefault((action, resource.arn, tuple(sorted(resource.context.items(), key=str))), request)
    return {role: tuple(requests.values()) for role, requests in found.items() if requests}


Resources = Mapping[str, tuple[_Resource, ...]]


@dataclass(frozen=True, kw_only=True)
class _Location:
    """Partition, region and account of the pipeline."""

    partition: str
    region: str
    account: str
    sagemaker: str

    @classmethod
    def parse(cls, sagemaker: str) -> _Location:
        _, partition, _, region, account = sagemaker.split(":")
        return cls(partition=partition, region=region, account=account, sagemaker=sagemaker)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def s3(self, uri: str) -> str:
        """Return the ARN of an S3 URI."""
        return f"arn:{self.partition}:s3:::{uri.removeprefix('s3://')}"

    def key(self, identifier: str) -> str:
        """Return the ARN of a key, given its ARN, id or alias."""
        if identifier.startswith("arn:"):
            return identifier
        return self.arn("kms", identifier if identifier.startswith("alias/") else f"key/{identifier}")


def _created(step: StepResources, arguments: Arguments, name: str, location: _Location) -> Resources:
    role = (_Resource(arn=step.role, context={"iam:PassedToService": _SAGEMAKER}),) if step.role and step.passes else ()
    if step.kind == "model-package":
        group = str(arguments.get("ModelPackageGroupName", "")).rpartition("/")[2]
        versions = f"{location.sagemaker}:model-package/{group}/*"
        return {
            "new": _each([versions, f"{location.sagemaker}:model-package-group/{group}"], step.context),
            "created": _each([versions]),
            "passed role": role,
        }
    arn = f"{location.sagemaker}:{step.kind}/{name}"
    return {"new": _each([arn], step.context), "created": _each([arn]), "passed role": role}


def _network(step: StepResources, location: _Location) -> Resources:
    if not step.network:
        return dict.fromkeys(("network", "network interfaces", "security group", "subnets"), ())
    return {
        "network": _each(["*"]),
        # EC2 assigns the id at creation.
        "network interfaces": _each([location.arn("ec2", "network-interface/*")]),
        "security group": _each(
            location.arn("ec2", f"security-group/{each}") for each in step.network["SecurityGroupIds"]
        ),
        "subnets": _each(location.arn("ec2", f"subnet/{each}") for each in step.network["Subnets"]),
    }


def _images(step: StepResources, location: _Location) -> Resources:
    """Images in ECR. Images in other private registries are not pulled with the job's role."""
    found = [match.groups() for image in step.images if (match := _IMAGE.match(image))]
    return {
        "registries": _each(["*"] if found else []),
        "images": _each(
            f"arn:{location.partition}:ecr:{region}:{account}:repository/{name}" for account, region, name in found
        ),
    }


def _logs_and_metrics(step: StepResources, name: str, location: _Location) -> Resources:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html and monitoring-cloudwatch.html"""
    if not step.logs:
        return {}
    group = f"/aws/sagemaker/{step.logs}"
    return {
        "log group": _each([location.arn("logs", f"log-group:{group}:log-stream:")]),
        "log streams": _each([location.arn("logs", f"log-group:{group}:log-stream:{name}/*")]),
        "job metrics": _each(["*"], {"cloudwatch:namespace": group}),
    }


def _objects(step: StepResources, objects: Sequence[str], location: _Location) -> Resources:
    used = (*step.prefixes, *step.objects, *step.outputs)
    buckets = sorted({f"s3://{_split(uri)[0]}" for uri in used})
    key = None if step.output_key is None else location.key(step.output_key)
    # Without a customer key SageMaker encrypts too, but AWS does not document the header.
    context: dict[str, Values] = (
        {"s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": key}
        if key
        else {}
    )
    return {
        "input objects": _each(location.s3(uri) for uri in (*step.objects, *objects)),
        "input prefixes": tuple(
            _Resource(arn=location.s3(bucket), context={"s3:prefix": prefix})
            for bucket, prefix in map(_split, step.prefixes)
        ),
        "buckets": _each(map(location.s3, buckets)),
        "output objects": _each((f"{location.s3(uri).rstrip('/')}/*" for uri in step.outputs), context),
    }


def _keys(step: StepResources, location: _Location) -> Resources:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"""
    volume = [location.key(step.volume_key)] if step.volume_key else []
    output = [location.key(step.output_key)] if step.output_key else []
    account: dict[str, Values] = {"kms:CallerAccount": location.account}
    return {
        "volume key": _each(volume, {**account, "kms:GrantIsForAWSResource": "true"}),
        "output key": _each(output, account),
        "output key in S3": _each(output, _via_s3(location)),
    }


def _via_s3(location: _Location) -> dict[str, Values]:
    return {"kms:CallerAccount": location.account, "kms:ViaService": f"s3.{location.region}.amazonaws.com"}


def _property_files(
    step: StepResources, arguments: Arguments, declared: Sequence[Arguments], location: _Location
) -> Resources:
    outputs = {
        each["OutputName"]: each["S3Output"]["S3Uri"]
        for each in arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
        if "S3Output" in each
    }
    files = [
        location.s3(f"{outputs[each['OutputName']].rstrip('/')}/{each['FilePath']}")
        for each in declared
        if each["OutputName"] in outputs
    ]
    key = [location.key(step.output_key)] if files and step.output_key else []
    return {"property files": _each(files), "property files' key": _each(key, _via_s3(location))}


def _each(arns: Iterable[str], context: Mapping[str, Values] | None = None) -> tuple[_Resource, ...]:
    return tuple(_Resource(arn=arn, context=context or {}) for arn in arns)


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
