"""What a step's arguments say about whatever AWS will ask permissions for, read the same way for every step type.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html, API_CreateTrainingJob.html,
API_CreateTransformJob.html, API_CreateModel.html, API_CreateModelPackage.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Arguments = Mapping[str, Any]
Values = str | tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One step.

    Args:
        kind: as in ARNs, such as `processing-job`.
        logs: the job's part in the names of log group and metrics, such as `ProcessingJobs`; empty without a job.
        role: that the job gets; None if it gets none.
        passes: whether that role is handed over by this step.
        images: of its containers.
        network: its VpcConfig.
        volume_key: encrypts its volumes.
        output_key: encrypts its outputs.
        prefixes: `s3://` addresses under which inputs are listed.
        objects: `s3://` addresses of single objects that it reads.
        outputs: `s3://` addresses under which it writes.
        told: the condition keys of the call that makes it.
    """

    kind: str
    logs: str = ""
    role: str | None = None
    passes: bool = True
    images: tuple[str, ...] = ()
    network: Arguments
    volume_key: str | None = None
    output_key: str | None = None
    prefixes: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    told: Mapping[str, Values]


def shape_of(step_type: str, arguments: Arguments, *, name: str, model: Arguments) -> Shape:
    """Read a step.

    Args:
        step_type: a type that makes something in SageMaker.
        arguments: resolved.
        name: of the job or model.
        model: the arguments of the model that a Transform step uses.
    """
    return _READERS[step_type](arguments, name, model)


def _processing(arguments: Arguments, _: str, __: Arguments) -> Shape:
    network = arguments.get("NetworkConfig", {})
    cluster = arguments.get("ProcessingResources", {}).get("ClusterConfig", {})
    output = arguments.get("ProcessingOutputConfig", {})
    inputs = [each["S3Input"] for each in arguments.get("ProcessingInputs", []) if "S3Input" in each]
    return Shape(
        kind="processing-job",
        logs="ProcessingJobs",
        role=arguments.get("RoleArn"),
        images=(arguments["AppSpecification"]["ImageUri"],),
        network=network.get("VpcConfig", {}),
        volume_key=cluster.get("VolumeKmsKeyId"),
        output_key=output.get("KmsKeyId"),
        prefixes=_prefixes(inputs),
        objects=_manifests(inputs),
        outputs=tuple(each["S3Output"]["S3Uri"] for each in output.get("Outputs", []) if "S3Output" in each),
        told={
            **_told_of_job(cluster, output, arguments),
            **_told_of_network(network, network.get("VpcConfig", {})),
        },
    )


def _training(arguments: Arguments, name: str, _: Arguments) -> Shape:
    resources, output = arguments.get("ResourceConfig", {}), arguments["OutputDataConfig"]
    sources = [each["DataSource"] for each in arguments.get("InputDataConfig", [])]
    inputs = [each["S3DataSource"] for each in sources if "S3DataSource" in each]
    # In script mode the container fetches its code with the job's role.
    # https://github.com/aws/sagemaker-training-toolkit
    code = str(arguments.get("HyperParameters", {}).get("sagemaker_submit_directory", "")).strip('"')
    image = arguments["AlgorithmSpecification"].get("TrainingImage")
    return Shape(
        kind="training-job",
        logs="TrainingJobs",
        role=arguments.get("RoleArn"),
        images=(image,) if image else (),
        network=arguments.get("VpcConfig", {}),
        volume_key=resources.get("VolumeKmsKeyId"),
        output_key=output.get("KmsKeyId"),
        prefixes=_prefixes(inputs),
        objects=(*_manifests(inputs), *((code,) if code.startswith("s3://") else ())),
        outputs=(f"{output['S3OutputPath'].rstrip('/')}/{name}/output",),
        told={
            **_told_of_job(resources, output, arguments),
            **_told_of_network(arguments, arguments.get("VpcConfig", {})),
        },
    )


def _transform(arguments: Arguments, _: str, model: Arguments) -> Shape:
    resources, output = arguments.get("TransformResources", {}), arguments["TransformOutput"]
    inputs = [arguments["TransformInput"]["DataSource"]["S3DataSource"]]
    return Shape(
        kind="transform-job",
        logs="TransformJobs",
        role=model.get("ExecutionRoleArn"),
        passes=False,
        images=_images(model),
        network=model.get("VpcConfig", {}),
        volume_key=resources.get("VolumeKmsKeyId"),
        output_key=output.get("KmsKeyId"),
        prefixes=_prefixes(inputs),
        objects=(*_manifests(inputs), *_data(model)),
        outputs=(output["S3OutputPath"],),
        told=_told_of_job(resources, output, arguments),
    )


def _model(arguments: Arguments, _: str, __: Arguments) -> Shape:
    return Shape(
        kind="model",
        role=arguments.get("ExecutionRoleArn"),
        images=_images(arguments),
        network=arguments.get("VpcConfig", {}),
        objects=_data(arguments),
        told=_told_of_network(arguments, arguments.get("VpcConfig", {})),
    )


def _package(arguments: Arguments, _: str, __: Arguments) -> Shape:
    return Shape(
        kind="model-package",
        network={},
        told={"sagemaker:ModelApprovalStatus": arguments.get("ModelApprovalStatus")},
    )


def _told_of_job(resources: Arguments, output: Arguments, arguments: Arguments) -> dict[str, Values]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html#amazonsagemaker-policy-keys"""
    limit = arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
    return {
        "sagemaker:InstanceTypes": (resources["InstanceType"],) if "InstanceType" in resources else None,
        "sagemaker:MaxRuntimeInSeconds": None if limit is None else str(limit),
        "sagemaker:OutputKmsKey": output.get("KmsKeyId"),
        "sagemaker:VolumeKmsKey": resources.get("VolumeKmsKeyId"),
    }


def _told_of_network(switches: Arguments, network: Arguments) -> dict[str, Values]:
    """The same page; a switch that is not given is off."""
    return {
        "sagemaker:InterContainerTrafficEncryption": _yes(switches.get("EnableInterContainerTrafficEncryption")),
        "sagemaker:NetworkIsolation": _yes(switches.get("EnableNetworkIsolation")),
        "sagemaker:VpcSecurityGroupIds": tuple(network["SecurityGroupIds"]) if network else None,
        "sagemaker:VpcSubnets": tuple(network["Subnets"]) if network else None,
    }


def _yes(value: Any) -> str:
    return "true" if value else "false"


def _prefixes(inputs: Sequence[Arguments]) -> tuple[str, ...]:
    return tuple(each["S3Uri"] for each in inputs if each.get("S3DataType") != "ManifestFile")


def _manifests(inputs: Sequence[Arguments]) -> tuple[str, ...]:
    return tuple(each["S3Uri"] for each in inputs if each.get("S3DataType") == "ManifestFile")


def _containers(model: Arguments) -> list[Arguments]:
    return [model["PrimaryContainer"]] if "PrimaryContainer" in model else list(model.get("Containers", []))


def _images(model: Arguments) -> tuple[str, ...]:
    return tuple(each["Image"] for each in _containers(model) if "Image" in each)


def _data(model: Arguments) -> tuple[str, ...]:
    return tuple(each["ModelDataUrl"] for each in _containers(model) if "ModelDataUrl" in each)


_READERS: Mapping[str, Callable[[Arguments, str, Arguments], Shape]] = {
    "Processing": _processing,
    "Training": _training,
    "Transform": _transform,
    "Model": _model,
    "RegisterModel": _package,
}
