"""The role of the notebooks stack allows all calls of the lifecycle scripts."""

from __future__ import annotations

import dataclasses
import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

import embedded_aws as aws
from mlproject.node_scripts import NotebookSettings, Tools, notebook_files, notebook_settings, tools_archive
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE
from tests.libraries.registry import Registry
from tests.lifecycle_scripts.instance import KERNEL, Instance, publish
from tests.lifecycle_scripts.jupyter import start_jupyter
from tests.node_scripts.machine import UID, sandbox_problem, wait_until
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
        tools: the archive that the template names, in the bootstrap bucket.
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


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, stacks: Mapping[str, Stack]) -> Iterator[Account]:
    if problem := sandbox_problem():
        pytest.skip(f"NOT PROVEN HERE: {problem}")
    folder = tmp_path_factory.mktemp("notebook-role")
    server = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    try:
        stack = stacks["local/flights/notebooks"]
        made = Account(server=server, client=administrator(server), tools=deployed_tools(stack))
        lay_out(made, stack)
        yield made
    finally:
        aws.stop(folder)


def administrator(server: aws.Server) -> Any:
    given = server.environment(aws.ACCOUNT, REGION)
    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    return lambda service: session.client(service, endpoint_url=server.endpoint)


def lay_out(account: Account, stack: Stack) -> None:
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
    s3.put_object(Bucket=bucket, Key=object_key, Body=tools_archive(notebook_files(FLIGHTS)))
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
        settings=dataclasses.replace(defaults, work=work, work_seconds=0.2, check_seconds=0.2, **settings),
        server=account.server,
        credentials=session,
    )


def registry(folder: Path) -> Registry:
    made = Registry(folder=folder / "registry")
    made.add("ipykernel", "6.0", modules=KERNEL)
    made.add("tiny-science", "1.0")
    return made


def publish_libraries(account: Account, folder: Path) -> None:
    publish(
        account.server, FLIGHTS.names.bucket("artifacts"), registry(folder), "ipykernel==6.0", "tiny-science==1.0",
        stem="notebook", region=REGION,
    )  # fmt: skip


@pytest.mark.slow
def test_the_role_lets_a_notebook_install_follow_save_and_stop(account: Account, tmp_path: Path) -> None:
    publish_libraries(account, tmp_path)
    session = account.session()
    own = instance(account, tmp_path, session, idle_minutes=0)
    sagemaker = account.client("sagemaker")
    name = own.settings.notebook
    with own.started() as machine:
        start_jupyter(machine, kernels=[{"execution_state": "busy", "last_activity": "2026-01-01T00:00:00Z"}])
        (own.volume / "one.ipynb").write_text("{}")
        own.wait_installed()
        config = machine.file("/home/ec2-user/.sparkmagic/config.json")
        wait_until(lambda: config.exists() and "ip-10-23-0-5" in config.read_text())
        machine.file("/srv/kernels").write_text("[]")
        wait_until(
            lambda: (
                sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"] != "InService"
            )
        )
    saved = account.client("s3").get_object(Bucket=FLIGHTS.names.bucket("data"), Key="notebooks/explore/one.ipynb")
    assert saved["Body"].read() == b"{}"
    assert account.refusals(session) == []


@pytest.mark.slow
def test_without_the_key_the_status_names_the_missing_permission(account: Account, tmp_path: Path) -> None:
    statement = {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    publish_libraries(account, tmp_path)
    account.client("iam").put_role_policy(RoleName=ROLE, PolicyName="taken-away", PolicyDocument=document)
    session = account.session()
    own = instance(account, tmp_path, session, idle_minutes=100_000)
    with own.started():
        assert "is not authorized to perform: kms:Decrypt" in own.wait_failed()
    account.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="taken-away")
    assert {refusal["action"] for refusal in account.refusals(session)} == {"kms:Decrypt"}
