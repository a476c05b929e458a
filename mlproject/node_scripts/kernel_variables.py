"""Variables of the processes of a project's kernel, on a notebook instance and on the laptop."""

from __future__ import annotations

from mlproject.aws_rules.grants import role_arn
from mlproject.aws_rules.partitions import partition_of
from mlproject.parameters import Deployment


def kernel_variables(deployment: Deployment) -> dict[str, str]:
    """Return the variables by name.

    The key is named by its alias, because its id is known only after the deployment. KMS and S3 accept the ARN of an
    alias wherever they accept a key: https://docs.aws.amazon.com/kms/latest/developerguide/alias-using.html

    Args:
        deployment: the project in an environment.
    """
    names, environment = deployment.names, deployment.environment
    partition = partition_of(environment.region)
    role = role_arn(
        partition=partition, account=environment.account, path=environment.role_path, name=names.role("notebooks")
    )
    return {
        "AWS_DEFAULT_REGION": environment.region,
        "MLPROJECT_PROJECT": deployment.project,
        "MLPROJECT_ENVIRONMENT": environment.name,
        "MLPROJECT_DATA_BUCKET": names.bucket("data"),
        "MLPROJECT_ARTIFACTS_BUCKET": names.bucket("artifacts"),
        "MLPROJECT_ROLE_ARN": role,
        "MLPROJECT_KEY_ARN": f"arn:{partition}:kms:{environment.region}:{environment.account}:{names.key_alias}",
        **({"MLPROJECT_PIPELINE": names.pipeline} if deployment.pipeline else {}),
    }
