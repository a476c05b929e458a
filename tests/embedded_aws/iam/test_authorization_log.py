"""The log of authorizations: what each server appends to the folder that the environment names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import embedded_aws as aws
from embedded_aws.iam.authorization_log import LABEL, LogEntry
from embedded_aws.server_environment import AUTHORIZATION_LOG
from tests.embedded_aws.iam.ground import (
    REGION,
    Client,
    administrator,
    allow,
    internal,
    make_bucket,
    make_role,
    refusal,
    session,
)

BUCKETS = ["arn:aws:s3:::one/*", "arn:aws:s3:::t*/*"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[aws.Server]:
    folder = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(AUTHORIZATION_LOG, str(log))
        started = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    yield started
    aws.stop(folder)


@pytest.fixture(scope="module")
def client(server: aws.Server) -> Client:
    return administrator(server)


def entries(log: Path, role: str) -> list[LogEntry]:
    (file,) = log.glob("*.jsonl")
    return [each for line in file.read_text().splitlines() if (each := LogEntry.read(line)).principal == role]


def test_a_request_is_logged_once_with_the_statement_and_the_resource_that_allow_it(
    server: aws.Server, client: Client, log: Path
) -> None:
    make_bucket(client, "two")
    statement = {**allow("s3:PutObject", BUCKETS), "Sid": "Write"}
    role = make_role(client, "log-allowed", statement, allow("s3:GetObject", BUCKETS))
    s3 = session(server, role).client("s3")
    for _ in range(2):
        s3.put_object(Bucket="two", Key="a")
    (entry,) = entries(log, role)
    assert (entry.action, entry.resource, entry.allowed, entry.reason) == (
        "s3:PutObject",
        "arn:aws:s3:::two/a",
        True,
        "",
    )
    assert [each[1:] for each in entry.permissions] == [("Write", BUCKETS[1])]


def test_a_denied_request_is_logged_with_the_reason_and_no_permission(
    server: aws.Server, client: Client, log: Path
) -> None:
    role = make_role(client, "log-denied", allow("s3:GetObject", BUCKETS))
    refusal(lambda: session(server, role).client("sagemaker").list_models())
    (entry,) = entries(log, role)
    assert (entry.allowed, entry.action, entry.permissions) == (False, "sagemaker:ListModels", ())
    assert entry.reason == "because no identity-based policy allows the sagemaker:ListModels action"


def test_what_is_asked_for_a_service_is_logged_too(server: aws.Server, client: Client, log: Path) -> None:
    role = make_role(client, "log-asked", {**allow("ec2:DescribeVpcs", "*"), "Sid": "Look"})
    body = {"role_arn": role, "region": REGION, "requests": [{"action": "ec2:DescribeVpcs", "resource": "*"}]}
    assert internal(server, "POST", "permissions", body)[1][0]["allowed"]
    (entry,) = entries(log, role)
    assert (entry.session, entry.action, entry.permissions[0][1]) == ("asking", "ec2:DescribeVpcs", "Look")


def test_a_request_is_logged_again_under_another_label_and_not_at_all_under_an_empty_one(
    server: aws.Server, client: Client, log: Path
) -> None:
    role = make_role(client, "log-labelled", allow("sagemaker:ListModels", "*"))
    sagemaker = session(server, role).client("sagemaker")
    for label in ("first", "second", ""):
        (log / LABEL).write_text(label)
        sagemaker.list_models()
    (log / LABEL).unlink()
    assert [each.label for each in entries(log, role)] == ["first", "second"]


def test_without_the_variable_nothing_is_logged(embedded_aws: aws.Server, log: Path) -> None:
    before = {file: file.stat().st_size for file in log.iterdir()}
    administrator(embedded_aws)("sts").get_caller_identity()
    assert {file: file.stat().st_size for file in log.iterdir()} == before


def test_each_line_is_json_of_its_own(log: Path) -> None:
    (file,) = log.glob("*.jsonl")
    assert all(isinstance(json.loads(line), dict) for line in file.read_text().splitlines())
