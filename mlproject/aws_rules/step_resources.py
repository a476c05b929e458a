"""Resources that a step uses, read from its arguments in the same form for every step type.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html, API_CreateTrainingJob.html,
API_CreateTransformJob.html, API_CreateModel.html, API_CreateModelPackage.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Arguments = Mapping[str, Any]
Values = str | tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class StepResources:
    """Resources that a step uses.

    Args:
        kind: resource type in ARNs, such as `processing-job`.
        logs: job type in the names of the log group and the metrics, such as `ProcessingJobs`, or empty.
        role: ARN of the job's role, or None.
        passes: whether the step passes the role to SageMaker.
        images: images of its containers.
        network: its VpcConfig.
        volume_key: KMS key of its volumes.
        output_key: KMS key of its outputs.
        prefixes: S3 URIs of input prefixes.
        objects: S3 URIs of single input objects.
        outputs: S3 URIs of output prefixes.
        context: condition keys of the call that creates the job or model.
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
    context: Mapping[str, Values]


def read_step_resources(step_type: str, arguments: Arguments, *, name: str, model: Arguments) -> StepResources:
    """Return the resources of a step.

    Args:
        step_type: type of the step.
        arguments: resolved arguments of the step.
        name: name of the job or model.
        model: arguments of the model that a Transform step uses.
    """
    return _READERS[step_type](arguments, name, model)


def _processing(arguments: Arguments, _: str, __: Arguments) -> StepResources:
    network = arguments.get("NetworkConfig", {})
    cluster = arguments.get("ProcessingResources", {}).get("ClusterConfig", {})
    output = arguments.get("ProcessingOutputConfig", {})
    inputs = [each["S3Input"] for each in arguments.get("ProcessingInputs", []) if "S3Input" in each]
    return StepResources(
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
        context={
            **_job_context(cluster, output, arguments),
            **_network_context(network, network.get("VpcConfig", {})),
        },
    )


def _training(arguments: Arguments, name: str, _: Arguments) -> StepResources:
    resources, output = arguments.get("ResourceConfig", {}), arguments["OutputDataConfig"]
    sources = [each["DataSource"] for each in arguments.get("InputDataConfig", [])]
    inputs = [each["S3DataSource"] for each in sources if "S3DataSource" in each]
    # In script mode the container downloads its code with the job's role.
    # https://github.com/aws/sagemaker-training-toolkit
    code = str(arguments.get("HyperParameters", {}).get("sagemaker_submit_directory", "")).strip('"')
    image = arguments["AlgorithmSpecification"].get("TrainingImage")
    return StepResources(
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
        context={
            **_job_context(resources, output, arguments),
            **_network_context(arguments, arguments.get("VpcConfig", {})),
        },
    )


def _tuning(arguments: Arguments, name: str, _: Arguments) -> StepResources:
    definition = arguments["TrainingJobDefinition"]
    training = {**definition, "HyperParameters": definition.get("StaticHyperParameters") or {}}
    # The tuning job chooses the names of its training jobs.
    return replace(_training(training, f"{name}-*", {}), kind="hyper-parameter-tuning-job")


def _transform(arguments: Arguments, _: str, model: Arguments) -> StepResources:
    resources, output = arguments.get("TransformResources", {}), arguments["TransformOutput"]
    inputs = [arguments["TransformInput"]["DataSource"]["S3DataSource"]]
    return StepResources(
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
        context=_job_context(resources, output, arguments),
    )


def _model(arguments: Arguments, _: str, __: Arguments) -> StepResources:
    return StepResources(
        kind="model",
        role=arguments.get("ExecutionRoleArn"),
        images=_images(arguments),
        network=arguments.get("VpcConfig", {}),
        objects=_data(arguments),
        context=_network_context(arguments, arguments.get("VpcConfig", {})),
    )


def _package(arguments: Arguments, _: str, __: Arguments) -> StepResources:
    return StepResources(
        kind="model-package",
        network={},
        context={"sagemaker:ModelApprovalStatus": arguments.get("ModelApprovalStatus")},
    )


def _job_context(resources: Arguments, output: Arguments, arguments: Arguments) -> dict[str, Values]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html#amazonsagemaker-policy-keys"""
    limit = arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
    return {
        "sagemaker:InstanceTypes": (resources["InstanceType"],) if "InstanceType" in resources else None,
        "sagemaker:MaxRuntimeInSeconds": None if limit is None else str(limit),
        "sagemaker:OutputKmsKey": output.get("KmsKeyId"),
        "sagemaker:VolumeKmsKey": resources.get("VolumeKmsKeyId"),
    }


def _network_context(options: Arguments, network: Arguments) -> dict[str, Values]:
    """See the page above. An option that is not set is off."""
    return {
        "sagemaker:InterContainerTrafficEncryption": _boolean(options.get("EnableInterContainerTrafficEncryption")),
        "sagemaker:NetworkIsolation": _boolean(options.get("EnableNetworkIsolation")),
        "sagemaker:VpcSecurityGroupIds": tuple(network["SecurityGroupIds"]) if network else None,
        "sagemaker:VpcSubnets": tuple(network["Subnets"]) if network else None,
    }


def _boolean(value: Any) -> str:
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


_READERS: Mapping[str, Callable[[Arguments, str, Arguments], StepResources]] = {
    "Processing": _processing,
    "Training": _training,
    "Transform": _transform,
    "Tuning": _tuning,
    "Model": _model,
    "RegisterModel": _package,
}
