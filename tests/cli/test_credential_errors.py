"""Each error of the credentials of a person or a CI job is one sentence that says what to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from mlproject.cli.common.session import create_session, reporting_aws_errors
from mlproject.errors import UserError
from mlproject.parameters import load_parameters
from tests.cli.checkout import CLEARED, Checkout, lay_out

ROLE = "arn:aws:iam::123456789012:role/deploy-local"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout, and none of the machine's AWS settings."""
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
    return lay_out(tmp_path)


def message(code: str, *, operation: str = "DescribeStacks") -> str:
    error = ClientError({"Error": {"Code": code, "Message": "as AWS says"}}, operation)
    with pytest.raises(UserError) as raised, reporting_aws_errors("listing the stacks"):
        raise error
    assert raised.value.exit_code == 1
    return str(raised.value)


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_expired_credentials_are_told_with_what_to_do(code: str) -> None:
    assert message(code) == (
        f"listing the stacks: the credentials have expired ({code}). Log in again (`aws sso login`); in a CI job, run "
        "the job again, which gets a new token."
    )


def test_a_role_that_a_job_may_not_assume_is_named_with_the_likely_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    text = message("AccessDenied", operation="AssumeRoleWithWebIdentity")
    assert text.startswith(
        f"listing the stacks: this job may not assume {ROLE}: it does not exist, or its trust policy"
    )
    # Another operation that is denied says nothing about the job.
    assert message("AccessDenied") == "listing the stacks: AWS returned AccessDenied: as AWS says"


def test_a_rejected_token_is_told_with_its_reason() -> None:
    assert "AWS rejects the job's token (InvalidIdentityToken: as AWS says)." in message(
        "InvalidIdentityToken", operation="AssumeRoleWithWebIdentity"
    )


@pytest.mark.parametrize(
    ("content", "role", "sentence"),
    [
        (None, ROLE, "cannot be read (No such file or directory). Write the job's token"),
        ("\n", ROLE, "is empty, so the job got no token. Declare `id_tokens` in the job"),
        ("e30.e30.e30", None, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not."),
    ],
)
def test_a_job_without_a_token_or_a_role_is_refused_before_aws_is_asked(
    content: str | None, role: str | None, sentence: str, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = checkout.root / "token"
    if content is not None:
        token.write_text(content)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    if role:
        monkeypatch.setenv("AWS_ROLE_ARN", role)
    with pytest.raises(UserError) as raised:
        create_session(load_parameters(checkout.root).environments["dev"], checkout.root)
    assert sentence in str(raised.value)
    assert raised.value.exit_code == 2


def test_the_embedded_aws_refuses_unknown_keys_in_one_sentence(checkout: Checkout, embedded_aws: aws.Server) -> None:
    variables = {
        "AWS_ENDPOINT_URL": embedded_aws.endpoint,
        "AWS_ACCESS_KEY_ID": "AKIAAAAAAAAAAAAAAAAA",  # pragma: allowlist secret
        "AWS_SECRET_ACCESS_KEY": "wrong",  # pragma: allowlist secret
    }
    done = replace(checkout, variables=variables).run("stacks", "--environment", "local")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: environment local: verifying the credentials: AWS does not know the credentials "
        "(InvalidClientTokenId). Log in again, or correct the keys in the environment.\n"
    )
