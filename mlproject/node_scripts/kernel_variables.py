"""Environment variables with which a kernel finds the project's resources, on a notebook instance and on a laptop."""

from __future__ import annotations

from mlproject.parameters import Deployment


def kernel_variables(deployment: Deployment, *, role_arn: str, key_arn: str) -> dict[str, str]:
    """Return the environment variables of a kernel. A project without a pipeline has an empty MLPROJECT_PIPELINE.

    Args:
        deployment: the project in an environment.
        role_arn: ARN of the role of the project's notebooks, with whose permissions the kernel calls AWS.
        key_arn: ARN of the project's key.
    """
    names = deployment.names
    return {
        "MLPROJECT_PROJECT": deployment.project,
        "MLPROJECT_ENVIRONMENT": deployment.environment.name,
        "MLPROJECT_DATA_BUCKET": names.bucket("data"),
        "MLPROJECT_ARTIFACTS_BUCKET": names.bucket("artifacts"),
        "MLPROJECT_ROLE_ARN": role_arn,
        "MLPROJECT_KEY_ARN": key_arn,
        "MLPROJECT_PIPELINE": names.pipeline if deployment.pipeline else "",
        "AWS_DEFAULT_REGION": deployment.environment.region,
    }
