"""Keys, buckets, models and roles on which permissions are tried, and clients with a role's credentials."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import embedded_aws as aws

REGION = "eu-west-1"
SAGEMAKER = "sagemaker.amazonaws.com"
REFUSED = frozenset({"403", "AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"})

Client = Callable[[str], Any]
Statement = Mapping[str, Any]


def allow(actions: str | list[str], resources: str | list[str], condition: Any = None) -> Statement:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def deny(actions: str | list[str], resources: str | list[str], condition: Any = None) -> Statement:
    return {**allow(actions, resources, condition), "Effect": "Deny"}


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: Mapping[str, Any], **changes: Any) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **changes})


def clients(
    server: aws.Server,
    key: str,
    secret: str,
    token: str | None = None,
    *,
    addressing: str = "path",
    region: str = REGION,
) -> Client:
    """boto3 clients with these credentials; each is made once."""
    session = boto3.Session(key, secret, token, region_name=region)
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            version = {"signature_version": "s3v4"} if service == "s3" else {}
            config = Config(retries={"total_max_attempts": 1}, **version)
            made[service] = session.client(service, endpoint_url=server.endpoint, config=config)
        return made[service]

    return client


def administrator(server: aws.Server) -> Client:
    return clients(server, server.administrator.access_key_id, server.administrator.secret_access_key)


@dataclass(frozen=True, kw_only=True)
class Session:
    """A service's session of a role.

    Args:
        key: its access key id, by which refusals are asked for.
        client: its clients.
    """

    key: str
    client: Client = field(repr=False)


def session(server: aws.Server, role_arn: str, *, mode: str = "enforce") -> Session:
    """What SageMaker gets when it assumes a role."""
    request = {"role_arn": role_arn, "service": SAGEMAKER, "region": REGION, "mode": mode}
    code, given = internal(server, "POST", "service-credentials", request)
    assert code == 200, given
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return Session(key=given["AccessKeyId"], client=clients(server, *keys))


def internal(server: aws.Server, method: str, call: str, body: Any = None) -> tuple[int, Any]:
    """An internal call by the administrator: status and answer."""
    url = f"{server.endpoint}/_embedded/{call}"
    data = b"" if body is None else json.dumps(body).encode()
    headers = aws.signed(server.administrator, method, url, data)
    request = urllib.request.Request(url, data=data or None, method=method, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def make_role(client: Client, name: str, *statements: Statement, **options: Any) -> str:
    """A role that trusts SageMaker and may do what the statements say; its ARN."""
    iam = client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": SAGEMAKER}), **options)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=document(*statements))
    return str(made["Role"]["Arn"])


def make_bucket(client: Client, name: str) -> str:
    place = {"LocationConstraint": REGION}
    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=place)
    return name


def refusal(call: Callable[[], Any]) -> str | None:
    """The words of a refusal; None if the call was allowed. Any other error of a service is raised."""
    try:
        call()
    except ClientError as error:
        told = error.response["Error"]
        if told["Code"] not in REFUSED:
            raise
        return f"{told['Code']}: {told.get('Message', '')}"
    return None
