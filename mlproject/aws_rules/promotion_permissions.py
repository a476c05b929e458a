"""Permissions of the role that copies approved models from one environment of a project into another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.aws_rules.bootstrap import bootstrap_bucket
from mlproject.aws_rules.grants import Grant, role_arn
from mlproject.aws_rules.promotion import promoted_prefix, readable_prefixes
from mlproject.parameters import Deployment, Environment

ROLE = "promotion"
# CDK names an asset after its hash and the last suffix of its file, here .tar.gz.
_SCRIPTS = "*.gz"
READ_PACKAGE = ("sagemaker:DescribeModelPackage",)


def promotion_role_arn(deployment: Deployment, target: Environment, *, partition: str) -> str:
    """Return the ARN of the role that promotes models of a project into an environment."""
    name = deployment.names_in(target).role(ROLE)
    return role_arn(partition=partition, account=target.account, path=target.role_path, name=name)


def package_arns(deployment: Deployment, environment: Environment, *, partition: str) -> tuple[str, str]:
    """Return the ARN of a project's model package group in an environment, and the pattern of its versions."""
    names = deployment.names_in(environment)
    start = f"arn:{partition}:sagemaker:{names.region}:{names.account}"
    group = names.model_package_group
    return f"{start}:model-package-group/{group}", f"{start}:model-package/{group}/*"


def key_condition(region: str) -> Mapping[str, Any]:
    """Return the condition under which the key is used: by S3, on behalf of the role."""
    return {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}


def promotion_grants(
    deployment: Deployment, source: Environment, *, folder: str, key_arn: str, partition: str
) -> list[Grant]:
    """Return the permissions of the promotion role.

    Args:
        deployment: the project in the target environment.
        source: the environment from which models come.
        folder: the folder of the pipeline.
        key_arn: ARN of the target's key.
        partition: such as `aws`.
    """
    return [
        *_read_grants(deployment, source, partition=partition, folder=folder),
        *_script_grants(deployment.environment, partition=partition),
        *_write_grants(deployment, folder=folder, key_arn=key_arn, partition=partition),
    ]


def _read_grants(deployment: Deployment, source: Environment, *, partition: str, folder: str) -> list[Grant]:
    bucket = f"arn:{partition}:s3:::{deployment.names_in(source).bucket('artifacts')}"
    return [
        Grant(
            sid="ReadSourceModels",
            actions=["s3:GetObject"],
            resources=[f"{bucket}/{prefix}*" for prefix in readable_prefixes(folder)],
            reason=f"the artifacts of models in {source.name}, and the files to which their packages refer",
        ),
        Grant(
            sid="ListSourceModels",
            actions=["s3:ListBucket"],
            resources=[bucket],
            condition=prefix_condition(folder),
            reason="tells a missing object from a missing permission",
        ),
        Grant(
            sid="DecryptSourceModels",
            actions=["kms:Decrypt"],
            resources=[f"arn:{partition}:kms:{source.region}:{source.account}:key/*"],
            condition=key_condition(source.region),
            reason=f"the ID of the key of {source.name} is not known here, and the policy of that key allows this role",
        ),
        Grant(
            sid="ReadSourcePackages",
            actions=READ_PACKAGE,
            resources=[package_arns(deployment, source, partition=partition)[1]],
            reason=f"the registered models in {source.name}, whose versions are numbered",
        ),
    ]


def _script_grants(target: Environment, *, partition: str) -> list[Grant]:
    bucket = f"arn:{partition}:s3:::{bootstrap_bucket(target)}"
    return [
        Grant(
            sid="ReadScripts",
            actions=["s3:GetObject"],
            resources=[f"{bucket}/{_SCRIPTS}"],
            reason=f"the inference script of a model, which the deployment of {target.name} uploaded, by its hash",
        ),
        Grant(
            sid="ListScripts",
            actions=["s3:ListBucket"],
            resources=[bucket],
            condition={"StringLike": {"s3:prefix": [_SCRIPTS]}},
            reason="tells a missing script from a missing permission",
        ),
    ]


def _write_grants(deployment: Deployment, *, folder: str, key_arn: str, partition: str) -> list[Grant]:
    bucket = f"arn:{partition}:s3:::{deployment.names.bucket('artifacts')}"
    group, packages = package_arns(deployment, deployment.environment, partition=partition)
    return [
        Grant(
            sid="CopyModels",
            actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            resources=[f"{bucket}/{promoted_prefix(folder)}*"],
            reason="the copies, which are read again to verify their checksums",
        ),
        Grant(
            sid="ListModels",
            actions=["s3:ListBucket"],
            resources=[bucket],
            condition=prefix_condition(folder),
            reason="finds copies of an interrupted promotion",
        ),
        Grant(
            sid="EncryptModels",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[key_arn],
            condition=key_condition(deployment.environment.region),
            reason="the copies are encrypted with the project's key",
        ),
        Grant(
            sid="RegisterModels",
            actions=[
                "sagemaker:CreateModelPackage",
                "sagemaker:DescribeModelPackage",
                "sagemaker:ListModelPackages",
                "sagemaker:UpdateModelPackage",
            ],
            resources=[group, packages],
            reason="versions in the project's model package group, which AWS numbers",
        ),
    ]


def prefix_condition(folder: str) -> Mapping[str, Any]:
    """Return the condition on the listed prefix."""
    return {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in readable_prefixes(folder)]}}
