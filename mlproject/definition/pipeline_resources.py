"""Resources of a deployment to which the permissions of its pipeline refer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mlproject.aws_rules.grants import role_arn
from mlproject.aws_rules.permissions import ANY_RESOURCE
from mlproject.definition.images.uris import Repository
from mlproject.parameters import Deployment, NewNetwork

# The services to which the pipeline's role may pass a role:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#ck_PassedToService
_PASSED_TO = ("application-autoscaling", "ec2", "elasticmapreduce", "emr-serverless", "sagemaker")
# The jobs that a step starts, if they have another type than the step.
_STARTED_JOBS: Mapping[str, tuple[str, ...]] = {
    "Tuning": ("Training",),
    "QualityCheck": ("Processing",),
    "ClarifyCheck": ("Processing",),
    "AutoML": ("Processing", "Training", "Transform"),
}


def pipeline_resources(
    deployment: Deployment,
    *,
    folder: str,
    step_types: Collection[str],
    step_arns: Mapping[str, Sequence[str]],
    partition: str,
    image_repositories: Sequence[Repository],
    key_arn: str,
    security_group_id: str,
    subnet_ids: Sequence[str],
    code_bucket: str,
    code_keys: Sequence[str],
) -> dict[str, list[str]]:
    """Return the ARNs and condition values of a deployment's pipeline, by their type.

    Args:
        deployment: the project in an environment.
        folder: folder of the pipeline in pipelines/, which is also its prefix in the artifact bucket.
        step_types: step types of the definition.
        step_arns: resources that the steps of the definition name, by type.
        partition: such as `aws`.
        image_repositories: repositories of the images that the steps use.
        key_arn: ARN of the project's key.
        security_group_id: security group of the jobs.
        subnet_ids: subnets of the jobs.
        code_bucket: the bootstrap bucket, if the steps have code there.
        code_keys: keys of the steps' code in the bootstrap bucket.
    """
    names, environment = deployment.names, deployment.environment
    region, account = environment.region, environment.account
    s3, here = f"arn:{partition}:s3:::", f"{region}:{account}"
    data, artifacts = names.bucket("data"), names.bucket("artifacts")
    sagemaker, ec2 = f"arn:{partition}:sagemaker:{here}", f"arn:{partition}:ec2:{region}"
    types = {job for kind in step_types for job in _STARTED_JOBS.get(kind, (kind,))}
    logged = [job for job in ("Processing", "Training", "Transform") if job in types]
    checks = {"QualityCheck", "ClarifyCheck"} & set(step_types)
    jobs = [job for job in logged if job in step_types or (job == "Processing" and checks)]
    # An imported subnet may be shared by another account.
    subnet_owner = account if isinstance(environment.network, NewNetwork) else "*"
    own_role = role_arn(partition=partition, account=account, path=environment.role_path, name=names.role("pipeline"))
    return {
        ANY_RESOURCE: ["*"],
        "role": [own_role],
        **{service: [f"{service}.amazonaws.com"] for service in _PASSED_TO},
        "true": ["true"],
        **{f"{job.lower()} jobs": [f"{sagemaker}:{job.lower()}-job/pipelines-*"] for job in jobs},
        # SageMaker Pipelines names them after the execution, whose id is not known in advance.
        "tuning jobs": [f"{sagemaker}:hyper-parameter-tuning-job/*"],
        "AutoML jobs": [f"{sagemaker}:automl-job/*"],
        "AutoML models": [f"{sagemaker}:{kind}/*" for kind in ("endpoint", "endpoint-config", "model")],
        "AutoML images": [f"arn:{partition}:ecr:{region}:*:repository/*"],
        "models": [f"{sagemaker}:model/pipelines-*"],
        "model package group": [f"{sagemaker}:model-package-group/{names.model_package_group}"],
        "model packages": [f"{sagemaker}:model-package/{names.model_package_group}/*"],
        "network interfaces": [f"{ec2}:{account}:network-interface/*"],
        "security group": [f"{ec2}:{account}:security-group/{security_group_id}"],
        "subnets": [f"{ec2}:{subnet_owner}:subnet/{subnet}" for subnet in subnet_ids],
        "key": [key_arn],
        "images": [
            *(
                f"arn:{partition}:ecr:{image.region}:{image.account}:repository/{image.name}"
                for image in image_repositories
            ),
            *step_arns["check images"],
        ],
        "job logs": [f"arn:{partition}:logs:{here}:log-group:/aws/sagemaker/{job}Jobs*" for job in logged],
        "job metrics": [f"/aws/sagemaker/{job}Jobs" for job in logged],
        "data bucket": [s3 + data],
        "data objects": [f"{s3}{data}/raw/*"],
        "data prefixes": ["raw/*"],
        "artifact bucket": [s3 + artifacts],
        "artifact objects": [f"{s3}{artifacts}/{folder}/*"],
        "artifact prefixes": [f"{folder}/*"],
        "code bucket": [s3 + code_bucket] if code_keys else [],
        "code objects": [f"{s3}{code_bucket}/{key}" for key in code_keys],
        "code prefixes": list(code_keys),
        **{kind: list(arns) for kind, arns in step_arns.items()},
    }
