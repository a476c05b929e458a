"""Check that the secret with GitLab's token exists."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from mlproject.outcome import Outcome, ok, problem
from mlproject.preflight.account_reader import AccountReader

_TOPIC = "GitLab token"


def check_gitlab_token(account: AccountReader) -> Iterator[Outcome]:
    """Check that each secret exists that a promotion on approval needs. Its value is not read."""
    pipelines = (deployment.approval_pipeline for deployment in account.requirements.deployments)
    for secret in sorted({pipeline.secret for pipeline in pipelines if pipeline}):
        yield _check_secret(account, secret)


def _check_secret(account: AccountReader, secret: str) -> Outcome:
    try:
        described = account.client("secretsmanager").describe_secret(SecretId=secret)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return problem(
            _TOPIC,
            f"there is no secret {secret}, so the stack operations cannot be deployed with promoted_on_approval",
            f"create a project access token in GitLab (docs/en/promotion.md), save it in the file token, and run "
            f"aws secretsmanager create-secret --name {secret} --secret-string file://token "
            f"--region {account.environment.region}",
        )
    if "DeletedDate" in described:
        return problem(
            _TOPIC,
            f"the secret {secret} is about to be deleted",
            f"aws secretsmanager restore-secret --secret-id {secret} --region {account.environment.region}",
        )
    return ok(_TOPIC, f"the secret {secret} exists")
