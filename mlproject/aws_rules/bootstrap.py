"""Names of the resources of `cdk bootstrap`."""

from __future__ import annotations

from mlproject.parameters import Environment


def bootstrap_bucket(environment: Environment) -> str:
    """Return the name of the bucket with the code of every project of an account and region.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html

    Args:
        environment: an environment of the account.
    """
    return f"cdk-{environment.bootstrap_qualifier}-assets-{environment.account}-{environment.region}"
