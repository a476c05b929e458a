"""An account with the role of the flights project's notebook, as its template describes it, and its instances."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.node_scripts import NotebookSettings, Tools, notebook_files, notebook_settings, tools_archive
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE
from tests.libraries.registry import Registry
from tests.lifecycle_scripts.instance import KERNEL, Instance, publish
from tests.node_scripts.machine import UID
from tests.stacks.assembly import Stack
from tests.stacks.notebook_tools import deployed_tools

FLIGHTS = load_parameters(EXAMPLE).deployment("flights", "local")
REGION = FLIGHTS.environment.region
ROLE = FLIGHTS.names.role("notebooks")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Account:
    """An embedded AWS with the role and the resources of the flights project's notebook.

    Args:
        server: embedded AWS.
        client: returns clients of the administrator.
        tools: the object that the template names, in the bootstrap bucket. It refreshes START HERE each second.
    """

    server: aws.Server
    client: Any
    tools: Tools

    def ask(self, method: str, call: str, body: Mapping[str, Any] | None = None) -> Any:
        """Make an internal call, signed by the administrator."""
        url = f"{self.server.endpoint}/_embedded/{call}"
        data = json.dumps(body).encode() if body else b""
        headers = aws.signed(self.server.administrator, method, url, data)
        with urllib.request.urlopen(urllib.request.Request(url, data or None, headers, method=method)) as answer:  # noqa: S310
            return json.load(answer)

    def session(self) -> dict[str, str]:
        """Return environment variables with the role credentials that SageMaker provides to an instance."""
        arn = f"arn:aws:iam::{aws.ACCOUNT}:role/{ROLE}"
        given = self.ask(
            "POST",
            "service-credentials",
            {"role_arn": arn, "service": "sagemaker.amazonaws.com", "region": REGION},
        )
        names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}
        return {
            "AWS_ENDPOINT_URL": self.server.endpoint,
            **{variable: given[name] for variable, name in names.items()},
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    def refusals(self, session: Mapping[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"refusals?session={session['AWS_ACCESS_KEY_ID']}")
        return found


@contextlib.contextmanager
def notebook_account(folder: Path, stack: Stack) -> Iterator[Account]:
    """Run an embedded AWS with the role of a notebooks stack and with what its notebook uses."""
    server = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    try:
        archive = tools_archive(notebook_files(FLIGHTS, refresh_seconds=1))
        tools = Tools(uri=deployed_tools(stack).uri, sha256=hashlib.sha256(archive).hexdigest())
        made = Account(server=server, client=administrator(server), tools=tools)
        lay_out(made, stack, archive)
        yield made
    finally:
        aws.stop(folder)


def administrator(server: aws.Server) -> Any:
    given = server.environment(aws.ACCOUNT, REGION)
    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    return lambda service: session.client(service, endpoint_url=server.endpoint)


def lay_out(account: Account, stack: Stack, archive: bytes) -> None:
    """Create the key, the buckets, the parameter, the notebook, and the role with the policy of the template."""
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3 = account.client("s3")
    for use in ("data", "artifacts"):
        bucket = FLIGHTS.names.bucket(use)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    bucket, _, object_key = account.tools.uri.removeprefix("s3://").partition("/")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key=object_key, Body=archive)
    account.client("ssm").put_parameter(
        Name=FLIGHTS.names.parameter("livy-address"), Value="http://ip-10-23-0-5:8998", Type="String"
    )
    (role,) = (each["Properties"] for each in stack.resources("AWS::IAM::Role").values())
    iam = account.client("iam")
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]))
    (policy,) = role["Policies"]
    document = json.dumps(filled(policy["PolicyDocument"], key=key))
    iam.put_role_policy(RoleName=ROLE, PolicyName=policy["PolicyName"], PolicyDocument=document)
    account.client("sagemaker").create_notebook_instance(
        NotebookInstanceName=f"{FLIGHTS.names.prefix}-explore",
        InstanceType="ml.t3.medium",
        RoleArn=f"arn:aws:iam::{aws.ACCOUNT}:role/{ROLE}",
    )


def filled(value: Any, *, key: str) -> Any:
    """Replace intrinsic functions by the key, or by an id that the scripts do not use."""
    if isinstance(value, dict):
        if "Fn::Join" in value:
            return "".join(filled(part, key=key) for part in value["Fn::Join"][1])
        if "Ref" in value:
            return key if value["Ref"] == "KeyArn" else "id"
        if "Fn::GetAtt" in value or "Fn::Select" in value:
            return "id"
        return {name: filled(inner, key=key) for name, inner in value.items()}
    return [filled(inner, key=key) for inner in value] if isinstance(value, list) else value


def instance(account: Account, folder: Path, session: Mapping[str, str], **settings: Any) -> Instance:
    """Return the flights notebook in an environment that retains data, with a small list of libraries."""
    volume = folder / "volume"
    volume.mkdir()
    os.chown(volume, UID, UID)
    defaults: NotebookSettings = notebook_settings(FLIGHTS, FLIGHTS.notebooks[0], tools=account.tools)
    work = f"s3://{FLIGHTS.names.bucket('data')}/notebooks/explore/"
    return Instance(
        volume=volume,
        settings=dataclasses.replace(defaults, work=work, work_seconds=0.5, check_seconds=0.5, **settings),
        server=account.server,
        credentials=session,
    )


def registry(folder: Path, uv_wheel: Path) -> Registry:
    """Return wheels of uv and of small libraries, with the pip of the list, so that no other needs to be compiled."""
    made = Registry(folder=folder / "registry")
    made.wheels.mkdir(parents=True)
    (made.wheels / uv_wheel.name).hardlink_to(uv_wheel)
    made.add("ipykernel", "6.0", modules=KERNEL)
    made.add("pip", "99.0")
    return made


def publish_libraries(account: Account, made: Registry, *, version: int = 1) -> None:
    """Make a list with this version of a library the current one."""
    made.add("tiny-science", f"{version}.0")
    libraries = ("ipykernel==6.0", "pip==99.0", f"tiny-science=={version}.0")
    bucket = FLIGHTS.names.bucket("artifacts")
    publish(account.server, bucket, made, *libraries, stem="notebook", region=REGION)


@contextlib.contextmanager
def restricted(account: Account, **actions: list[str]) -> Iterator[None]:
    """Deny actions to the role.

    Args:
        actions: the actions as `Action`, or as `NotAction` the only ones that are not denied.
    """
    iam, policy = account.client("iam"), {"RoleName": ROLE, "PolicyName": "restriction"}
    statement = {"Effect": "Deny", "Resource": "*", **actions}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(**policy)
