"""Explain the errors of AWS that are about the caller's credentials, on a machine and in a CI job."""

from __future__ import annotations

import os
from pathlib import Path

from mlproject.errors import Topic, UserError

TOKEN_FILE, ROLE = "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"
# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and API_AssumeRoleWithWebIdentity.html
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN = frozenset({"AuthFailure", "InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"})
_REJECTED_TOKEN = frozenset({"InvalidIdentityToken", "InvalidIdentityTokenException", "IDPRejectedClaim"})


def explain_credential_error(code: str, message: str, *, operation: str) -> str | None:
    """Return a sentence with the remedy, or None if the error is not about credentials.

    Args:
        code: code of the error, such as `ExpiredToken`.
        message: message of the error.
        operation: the operation that was called, such as `AssumeRoleWithWebIdentity`.
    """
    role = os.environ.get(ROLE, "the role")
    if code in _EXPIRED:
        return (
            f"the credentials have expired ({code}). Log in again (`aws sso login`); in a CI job, run the job again, "
            "which gets a new token."
        )
    if code in _REJECTED_TOKEN:
        return (
            f"AWS rejects the job's token ({code}: {message}). Its issuer and audience must be those of the OIDC "
            "provider in the account."
        )
    if operation == "AssumeRoleWithWebIdentity" and "AccessDenied" in code:
        return (
            f"this job may not assume {role}: it does not exist, or its trust policy does not allow the job's branch, "
            f"protection or environment. Check {ROLE}, and that the account's identity stack is deployed."
        )
    if code in _UNKNOWN:
        return f"AWS does not know the credentials ({code}). Log in again, or correct the keys in the environment."
    return None


def error_topic(code: str, *, operation: str) -> Topic | None:
    """Return the topic of an error of AWS, or None if it is neither about credentials nor about permissions.

    Args:
        code: code of the error, such as `AccessDenied`.
        operation: the operation that was called, such as `AssumeRoleWithWebIdentity`.
    """
    is_denied = "AccessDenied" in code or code == "UnauthorizedOperation"
    if code in _REJECTED_TOKEN or (is_denied and operation == "AssumeRoleWithWebIdentity"):
        return "ci-token"
    if code in _EXPIRED | _UNKNOWN:
        return "credentials"
    return "access-denied" if is_denied else None


def require_token_file() -> None:
    """Check that the token of a CI job can be read, since boto3 fails later and with less clear words.

    Raises:
        UserError: the file does not exist or is empty, or there is no role to assume with it.
    """
    name = os.environ.get(TOKEN_FILE)
    if name is None:
        return
    if not os.environ.get(ROLE):
        raise UserError(
            f"{TOKEN_FILE} is set, but {ROLE} is not. Set MLPROJECT_ROLE to deploy or "
            f"diff, or set {ROLE} to the ARN of the role that the job assumes.",
            topic="ci-token",
        )
    try:
        token = Path(name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise UserError(
            f"{TOKEN_FILE}: {name} cannot be read ({error.strerror}). Write the job's token (`id_tokens` in "
            ".gitlab-ci.yml) to it first.",
            topic="ci-token",
        ) from error
    if not token:
        raise UserError(
            f"{TOKEN_FILE}: {name} is empty, so the job got no token. Declare `id_tokens` in the job in "
            ".gitlab-ci.yml.",
            topic="ci-token",
        )
