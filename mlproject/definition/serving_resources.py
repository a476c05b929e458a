"""ARNs and condition values of the role with which a project serves its model."""

from __future__ import annotations

from collections.abc import Sequence

from mlproject.aws_rules.bootstrap import bootstrap_bucket
from mlproject.aws_rules.grants import Resources, role_arn
from mlproject.aws_rules.permissions import ANY_RESOURCE
from mlproject.definition.batch import CAPTURED, PREDICTIONS
from mlproject.definition.images.uris import Repository
from mlproject.parameters import Deployment, NewNetwork, Serving


def serving_resources(
    deployment: Deployment,
    serving: Serving,
    *,
    folder: str,
    partition: str,
    image_repositories: Sequence[Repository],
    has_script: bool,
    key_arn: str,
    security_group_id: str,
    subnet_ids: Sequence[str],
) -> Resources:
    """Return the ARNs and condition values of `aws_rules.serving_permissions`, by their type.

    Args:
        deployment: the project in an environment.
        serving: its parameters of serving.
        folder: folder of the pipeline in pipelines/, which is also the prefix of its models.
        partition: such as `aws`.
        image_repositories: repositories of the images of the pipeline, which include the model's.
        has_script: whether the pipeline registers models with an inference script.
        key_arn: ARN of the project's key.
        security_group_id: security group of the instances; empty for a serverless endpoint alone.
        subnet_ids: subnets of the instances.
    """
    names, environment = deployment.names, deployment.environment
    region, account = environment.region, environment.account
    s3, here = f"arn:{partition}:s3:::", f"{region}:{account}"
    ec2, sagemaker = f"arn:{partition}:ec2:{region}", f"arn:{partition}:sagemaker:{here}"
    data, artifacts = s3 + names.bucket("data"), s3 + names.bucket("artifacts")
    scripts = s3 + bootstrap_bucket(environment)
    batch, endpoint = serving.batch, serving.endpoint
    inputs = batch.input_prefix if batch else ""
    # An imported subnet may be shared by another account.
    subnet_owner = account if isinstance(environment.network, NewNetwork) else "*"
    role = role_arn(partition=partition, account=account, path=environment.role_path, name=names.role("serving"))
    endpoint_logs = f"log-group:/aws/sagemaker/Endpoints/{names.endpoint(endpoint.kind)}*" if endpoint else ""
    return {
        ANY_RESOURCE: ["*"],
        "role": [role],
        "sagemaker": ["sagemaker.amazonaws.com"],
        "true": ["true"],
        "key": [key_arn],
        "images": [
            f"arn:{partition}:ecr:{image.region}:{image.account}:repository/{image.name}"
            for image in image_repositories
        ],
        "network interfaces": [f"{ec2}:{account}:network-interface/*"],
        "security group": [f"{ec2}:{account}:security-group/{security_group_id}"],
        "subnets": [f"{ec2}:{subnet_owner}:subnet/{subnet}" for subnet in subnet_ids],
        "model bucket": [artifacts],
        "model objects": [f"{artifacts}/{folder}/*"],
        "model prefixes": [f"{folder}/*"],
        # CDK names an asset after its hash and the last suffix of its file.
        "script bucket": [scripts] if has_script else [],
        "script objects": [f"{scripts}/*.gz"] if has_script else [],
        "script prefixes": ["*.gz"],
        "endpoint logs": [f"arn:{partition}:logs:{here}:{endpoint_logs}"],
        "endpoint metrics": ["/aws/sagemaker/Endpoints"],
        "alarms": [f"arn:{partition}:cloudwatch:{here}:alarm:{names.stack('serving')}-*"],
        "captured objects": ([f"{artifacts}/{CAPTURED}/*"] if endpoint and endpoint.data_capture_percent else []),
        "transform jobs": [f"{sagemaker}:transform-job/pipelines-*"],
        "job logs": [f"arn:{partition}:logs:{here}:log-group:/aws/sagemaker/TransformJobs*"],
        "job metrics": ["/aws/sagemaker/TransformJobs"],
        "data bucket": [data],
        "data objects": [f"{data}/{inputs}*"],
        "data prefixes": [f"{inputs}*"],
        "artifact bucket": [artifacts],
        "artifact objects": [f"{artifacts}/{PREDICTIONS}/*"],
        "artifact prefixes": [f"{PREDICTIONS}/*", f"{folder}/*"],
        "code bucket": [],
        "code objects": [],
        "code prefixes": [],
    }
