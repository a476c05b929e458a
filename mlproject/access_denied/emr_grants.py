"""Grants of the roles of a cluster, and of the jobs of an EMR Serverless application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlproject.access_denied.keyed_grants import ANY, KeyedGrant, RoleContext, partition_in
from mlproject.aws_rules.bootstrap import bootstrap_bucket
from mlproject.aws_rules.emr_node_permissions import node_grants
from mlproject.aws_rules.emr_service_permissions import service_grants
from mlproject.aws_rules.grants import Grant, role_arn
from mlproject.parameters import Deployment, NewNetwork


def emr_node_grants(
    deployment: Deployment, context: RoleContext, *, libraries: bool, certificate: str | None
) -> Iterator[KeyedGrant]:
    """Yield the grants of a cluster's nodes.

    Args:
        deployment: the project in an environment.
        context: what else the grants depend on.
        libraries: whether the nodes install libraries.
        certificate: S3 URI of the certificates of the nodes, or None.
    """
    bootstrap = f"{bootstrap_bucket(deployment.environment)}/{ANY}"
    files = {
        "emr": [],
        "emr.libraries": [bootstrap] if libraries else [],
        "emr.certificate_s3": [certificate.removeprefix("s3://")] if certificate else [],
    }
    yield from _spark_grants(deployment, context, files, runs_steps=deployment.spark_steps == "emr")


def emr_serverless_grants(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    """Yield the grants of the jobs of an application."""
    runs_steps = deployment.spark_steps == "emr_serverless"
    yield from _spark_grants(deployment, context, {"emr_serverless": ()}, runs_steps=runs_steps)


def _spark_grants(
    deployment: Deployment, context: RoleContext, files: Mapping[str, Sequence[str]], *, runs_steps: bool
) -> Iterator[KeyedGrant]:
    """Yield the grants of what runs Spark.

    Args:
        deployment: the project in an environment.
        context: what else the grants depend on.
        files: files that it reads at its start, by the key that causes it.
        runs_steps: whether it runs steps of the pipeline.
    """
    bootstrap = f"{bootstrap_bucket(deployment.environment)}/{ANY}"
    pipeline = deployment.pipeline if runs_steps else None
    seen: list[Grant] = []
    for key, own in {**files, **({"pipeline.engine": ()} if pipeline else {})}.items():
        for grant in node_grants(
            partition=partition_in(deployment),
            data_bucket=deployment.names.bucket("data"),
            artifacts_bucket=deployment.names.bucket("artifacts"),
            key_arn=context.key(deployment),
            files=own,
            step_scripts=[bootstrap] if key == "pipeline.engine" else [],
            step_outputs=pipeline.runs_prefix if pipeline and key == "pipeline.engine" else None,
        ):
            if grant not in seen:
                seen.append(grant)
                yield KeyedGrant(key=key, grant=grant)


def emr_service_grants(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    """Yield the grants of the EMR service for the clusters of a project."""
    environment = deployment.environment
    owner = environment.account if isinstance(environment.network, NewNetwork) else ANY
    ec2 = f"arn:{partition_in(deployment)}:ec2:{environment.region}:{owner}"
    for grant in service_grants(
        partition=partition_in(deployment),
        region=environment.region,
        account=environment.account,
        vpc_arn=f"{ec2}:vpc/{ANY}",
        subnet_arns=[f"{ec2}:subnet/{ANY}"],
        security_group_ids=[ANY],
        node_role_arn=role_arn(
            partition=partition_in(deployment),
            account=environment.account,
            path=environment.role_path,
            name=deployment.names.role("emr-nodes"),
        ),
        key_arn=context.key(deployment),
    ):
        yield KeyedGrant(key="emr", grant=grant)
