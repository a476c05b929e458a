"""Which AWS the clients of an environment reach, and whose credentials they have."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import IncompleteReadError

import embedded_aws as aws
from mlproject.cli.common.session import LOCAL_FOLDER, Session, create_session
from mlproject.errors import UserError
from mlproject.parameters import load_parameters
from mlproject.parameters.model import Environment
from tests.cli.checkout import CLEARED, lay_out


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, and none of the machine's AWS settings."""
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
    return lay_out(tmp_path).root


def environment(root: Path, name: str) -> Environment:
    return load_parameters(root).environments[name]


def test_the_server_of_the_checkout_is_found_whatever_the_caller_has_set(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("HTTP_PROXY", "http://localhost:1")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    server = aws.start(root / LOCAL_FOLDER)
    try:
        session = create_session(environment(root, "local"), root)
        assert (session.endpoint, session.region) == (server.endpoint, "eu-south-2")
        assert session.client("sts").get_caller_identity()["Account"] == aws.ACCOUNT
        assert session.client("sts") is session.client("sts")
    finally:
        aws.stop(root / LOCAL_FOLDER)


def test_an_endpoint_that_is_set_comes_first(
    root: Path, embedded_aws: aws.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in embedded_aws.environment(aws.ACCOUNT, "eu-west-1").items():
        monkeypatch.setenv(name, value)
    assert create_session(environment(root, "local"), root).endpoint == embedded_aws.endpoint


def test_an_endpoint_without_credentials_is_that_of_the_checkouts_server_or_refused(
    root: Path, embedded_aws: aws.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = aws.start(root / LOCAL_FOLDER)
    try:
        monkeypatch.setenv("AWS_ENDPOINT_URL", own.endpoint)
        session = create_session(environment(root, "local"), root)
        assert session.client("sts").get_caller_identity()["Arn"].endswith(":user/administrator")
        monkeypatch.setenv("AWS_ENDPOINT_URL", embedded_aws.endpoint)
        with pytest.raises(UserError, match="there are no credentials for it; `mlproject local env`"):
            create_session(environment(root, "local"), root)
    finally:
        aws.stop(root / LOCAL_FOLDER)


def test_without_a_server_the_command_that_starts_one_is_named(root: Path) -> None:
    with pytest.raises(UserError, match=r"environment local is in the embedded AWS, .*`mlproject local up`"):
        create_session(environment(root, "local"), root)


def test_credentials_of_another_account_are_refused_with_both_accounts(
    root: Path, embedded_aws: aws.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in embedded_aws.environment(aws.ACCOUNT, "eu-west-1").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(
        UserError, match="environment dev is account 111111111111, but the credentials belong to account 123456789012"
    ):
        create_session(environment(root, "dev"), root)


def test_no_credentials_are_told_with_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(UserError, match="no AWS credentials were found; log in"):
        create_session(environment(root, "dev"), root)


def test_a_profile_that_does_not_exist_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    with pytest.raises(UserError, match=r"missing.*set AWS_PROFILE to one that exists, or unset it"):
        create_session(environment(root, "dev"), root)


def test_an_endpoint_where_nothing_answers_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "unused")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(UserError, match="cannot connect"):
        create_session(environment(root, "local"), root)


def test_an_answer_that_was_cut_is_an_error_instead_of_an_empty_one() -> None:
    """Like a server that is killed while it answers."""
    whole = b'{"PipelineArn": "arn", "PipelineDefinition": "{}"}'

    class Cut(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole[:20])

    with ThreadingHTTPServer(("127.0.0.1", 0), Cut) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        session = Session(
            account=aws.ACCOUNT,
            region="eu-west-1",
            endpoint=f"http://127.0.0.1:{server.server_port}",
            boto3_session=boto3.Session("key", "secret", region_name="eu-west-1"),
        )
        with pytest.raises(IncompleteReadError):
            session.client("sagemaker").describe_pipeline(PipelineName="flights")
        server.shutdown()
