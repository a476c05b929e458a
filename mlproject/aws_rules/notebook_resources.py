"""Resources of a deployment to which the permissions of notebooks refer."""

from __future__ import annotations

from collections.abc import Sequence

from mlproject.aws_rules.emr_serverless import job_role_arn
from mlproject.aws_rules.grants import role_arn
from mlproject.aws_rules.permissions import ANY_RESOURCE
from mlproject.parameters import Deployment, NewNetwork

# Fixed by SageMaker: https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
LOG_GROUP = "/aws/sagemaker/NotebookInstances"


def notebook_resources(
    deployment: Deployment,
    *,
    partition: str,
    key_arn: str,
    security_group_id: str,
    subnet_id: str,
    tools_object: str,
    application_id: str | None,
) -> dict[str, list[str]]:
    """Return the ARNs and condition values of the notebooks by type, see mlproject.aws_rules.notebook_permissions.

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.
        key_arn: ARN of the project's key.
        security_group_id: security group of the notebooks.
        subnet_id: subnet of the notebooks.
        tools_object: bucket and key of the scripts that a lifecycle script starts.
        application_id: id of the EMR Serverless application that notebooks use, or None.
    """
    names, environment = deployment.names, deployment.environment
    region, account = environment.region, environment.account
    s3, here = f"arn:{partition}:s3:::", f"{region}:{account}"
    data, artifacts = names.bucket("data"), names.bucket("artifacts")
    sagemaker = f"arn:{partition}:sagemaker:{here}"
    logs = f"arn:{partition}:logs:{here}:log-group:{LOG_GROUP}"
    spark = {deployment.spark_of(notebook) or notebook.cluster for notebook in deployment.notebooks}
    livy = sorted(map(names.livy_parameter, spark))
    application = f"arn:{partition}:emr-serverless:{here}:/applications/{application_id}"
    notebooks = [names.notebook(notebook.name) for notebook in deployment.notebooks]
    return {
        ANY_RESOURCE: ["*"],
        "true": ["true"],
        **network_resources(deployment, partition=partition, security_group_id=security_group_id, subnet_id=subnet_id),
        "key": [key_arn],
        "git secrets": git_secret_arns(deployment),
        "data bucket": [s3 + data],
        "data objects": [f"{s3}{data}/*"],
        "artifact bucket": [s3 + artifacts],
        "artifact objects": [f"{s3}{artifacts}/*"],
        "tools": [s3 + tools_object],
        "pipeline": [f"{sagemaker}:pipeline/{names.pipeline}"],
        "pipeline executions": [f"{sagemaker}:pipeline/{names.pipeline}/execution/*"],
        "livy address": [f"arn:{partition}:ssm:{here}:parameter{name}" for name in livy],
        "application": [application] if application_id else [],
        "sessions": [f"{application}/jobruns/*"] if application_id else [],
        "job role": [job_role_arn(deployment)] if application_id else [],
        "emr serverless": ["emr-serverless.amazonaws.com"],
        "notebooks": [f"{sagemaker}:notebook-instance/{name}" for name in notebooks],
        # CreateLogGroup is authorized on an ARN that ends with an empty name of a stream.
        "notebook log group": [logs, f"{logs}:log-stream:"],
        "notebook metrics": [metric_namespace(deployment)],
        "notebook log streams": [f"{logs}:log-stream:{name}/*" for name in notebooks],
    }


def metric_namespace(deployment: Deployment) -> str:
    """Return the namespace of the metrics of a project's notebooks, such as `mlproject/flights-dev`.

    CloudWatch restricts the permission to publish metrics only by namespace, so each deployment has its own.
    """
    return f"mlproject/{deployment.names.prefix}"


def network_resources(
    deployment: Deployment, *, partition: str, security_group_id: str, subnet_id: str
) -> dict[str, list[str]]:
    """Return the ARNs of the notebooks' network resources by their type.

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.
        security_group_id: security group of the notebooks.
        subnet_id: subnet of the notebooks.
    """
    environment = deployment.environment
    ec2 = f"arn:{partition}:ec2:{environment.region}"
    # An imported subnet may be shared by another account.
    subnet_owner = environment.account if isinstance(environment.network, NewNetwork) else "*"
    return {
        "network interfaces": [f"{ec2}:{environment.account}:network-interface/*"],
        "security group": [f"{ec2}:{environment.account}:security-group/{security_group_id}"],
        "subnets": [f"{ec2}:{subnet_owner}:subnet/{subnet_id}"],
    }


def start_resources(
    deployment: Deployment,
    *,
    partition: str,
    key_arn: str,
    security_group_id: str,
    subnet_id: str,
    git_secrets: Sequence[str],
) -> dict[str, list[str]]:
    """Return the ARNs for which a principal that starts notebooks needs permissions, see START_ACTIONS.

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.
        key_arn: ARN of the project's key.
        security_group_id: security group of the notebooks.
        subnet_id: subnet of the notebooks.
        git_secrets: secrets of the notebooks' repositories.
    """
    environment = deployment.environment
    own_role = role_arn(
        partition=partition,
        account=environment.account,
        path=environment.role_path,
        name=deployment.names.role("notebooks"),
    )
    network = network_resources(
        deployment, partition=partition, security_group_id=security_group_id, subnet_id=subnet_id
    )
    return {
        "role": [own_role],
        "key": [key_arn],
        "network": [arn for arns in network.values() for arn in arns],
        **({"git secret": list(git_secrets)} if git_secrets else {}),
    }


def git_secret_arns(deployment: Deployment) -> list[str]:
    """Return the ARNs of the secrets of private repositories."""
    repositories = [notebook.repository for notebook in deployment.notebooks if notebook.repository]
    return sorted({repository.secret_arn for repository in repositories if repository.secret_arn})
