"""`mlproject deploy`, `diff`, `stacks`, `destroy` and `lock` on the ordinary CDK CLI; boto3 looks at what exists."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from embedded_aws import ACCOUNT
from tests.deploy.conftest import REGION, Cli, client_of
from tests.deploy.scratch_checkout import Checkout, statuses

pytestmark = pytest.mark.deploy


def test_rule_16_a_failed_first_deployment_of_protected_stacks_is_repeated(checkout: Checkout, tmp_path: Path) -> None:
    client, cdk = client_of(checkout.server), Cli(checkout.server, checkout.root)
    checkout.add("aurora")
    taken = f"aurora-kept-artifacts-{ACCOUNT}-{REGION}"
    place = {"LocationConstraint": REGION}
    client("s3").create_bucket(Bucket=taken, CreateBucketConfiguration=place)
    ordinary = ("deploy", "kept/aurora/storage", "--require-approval", "never")
    assert f"{taken} already exists" in cdk(*ordinary, fails=True)
    assert statuses(client) == {"aurora-kept-storage": ("ROLLBACK_COMPLETE", True)}
    assert (
        client("s3").list_buckets(Prefix="aurora-kept-")["Buckets"]
        == client("s3").list_buckets(Prefix=taken)["Buckets"]
    )
    client("s3").delete_bucket(Bucket=taken)
    # The CDK CLI alone cannot repeat it.
    assert "TerminationProtection" in cdk(*ordinary, fails=True)

    said = checkout.mlproject("deploy", "aurora", "-e", "kept", "--yes")
    assert (
        "aurora-kept-storage was never created (ROLLBACK_COMPLETE): its termination protection is now disabled" in said
    )
    assert statuses(client) == {
        "kept-network": ("CREATE_COMPLETE", True),
        "aurora-kept-storage": ("CREATE_COMPLETE", True),
        "aurora-kept-pipeline": ("CREATE_COMPLETE", False),
        "aurora-kept-notebooks": ("CREATE_COMPLETE", True),
    }
    assert "(no changes)" in cdk(*ordinary)
    assert json.loads((checkout.root / "environments.lock.json").read_text())["kept"]["cidr"] == "10.81.0.0/16"

    # Nothing that is protected goes by mistake, and on purpose its data stays.
    assert "cannot be deleted while TerminationProtection is enabled" in cdk(
        "destroy", "kept/aurora/storage", "--exclusively", "--force", fails=True
    )
    assert "--i-know-this-is-protected" in checkout.mlproject("destroy", "aurora", "-e", "kept", "--yes", code=2)
    said = checkout.mlproject("destroy", "aurora", "-e", "kept", "--yes", "--i-know-this-is-protected")
    assert f"retained: S3 Bucket {taken}" in said
    assert "retained: SageMaker NotebookInstance" in said
    assert set(statuses(client)) == {"kept-network"}


def test_a_project_whose_folder_is_gone_is_listed_and_removed(checkout: Checkout) -> None:
    client = client_of(checkout.server)
    for name in ("borea", "zephyr"):
        checkout.add(name)
    checkout.mlproject("deploy", "borea", "-e", "scratch")
    checkout.mlproject("deploy", "zephyr", "-e", "scratch")
    bucket = f"zephyr-scratch-data-{ACCOUNT}-{REGION}"
    client("s3").put_object(Bucket=bucket, Key="a", Body=b"b", ServerSideEncryption="aws:kms")
    assert "any more" not in checkout.mlproject("stacks", "-e", "scratch")

    shutil.rmtree(checkout.root / "projects" / "zephyr")
    said = checkout.mlproject("stacks", "-e", "scratch", code=1)
    assert "`mlproject destroy zephyr --environment scratch` removes them" in said
    assert json.loads(checkout.mlproject("stacks", "-e", "scratch", "--json", code=1))["orphans"] == ["zephyr"]
    assert "nothing was deleted" in checkout.mlproject("destroy", "zephyr", "-e", "scratch", code=1, answer="n\n")
    assert client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1

    checkout.mlproject("destroy", "zephyr", "-e", "scratch", "--yes")
    assert set(statuses(client)) == {
        "scratch-network",
        *(f"borea-scratch-{name}" for name in ("storage", "pipeline", "notebooks")),
    }
    assert "zephyr is not deployed in scratch; deployed there: borea." in checkout.mlproject(
        "destroy", "zephyr", "-e", "scratch", code=2
    )
    assert "any more" not in checkout.mlproject("stacks", "-e", "scratch")


def test_what_a_deployment_stops_or_no_longer_asks_for_is_said_before_it(checkout: Checkout) -> None:
    client = client_of(checkout.server)
    path = checkout.add("aurora")
    checkout.mlproject("deploy", "aurora", "-e", "scratch")
    assert "No existing resource is stopped, replaced or deleted." in checkout.mlproject(
        "diff", "aurora", "-e", "scratch"
    )

    path.write_text(path.read_text().replace("ml.t3.medium", "ml.t3.large"))
    stopped = (
        "scratch/aurora/notebooks stops SageMaker NotebookInstance aurora-scratch-explore (change of InstanceType)"
    )
    assert stopped in checkout.mlproject("diff", "aurora", "-e", "scratch")
    said = checkout.mlproject("deploy", "aurora", "-e", "scratch", code=1, answer="n\n")
    assert stopped in said
    assert "nothing was deployed" in said
    assert client("sagemaker").describe_notebook_instance(NotebookInstanceName="aurora-scratch-explore")[
        "InstanceType"
    ] == "ml.t3.medium"  # fmt: skip

    path.write_text(path.read_text().replace("notebooks: {explore: {instance_type: ml.t3.large}}\n", ""))
    said = checkout.mlproject("diff", "aurora", "-e", "scratch")
    assert "`mlproject destroy aurora --environment scratch --stack notebooks` removes it" in said
    checkout.mlproject("destroy", "aurora", "-e", "scratch", "--stack", "notebooks", "--yes")
    assert "aurora-scratch-notebooks" not in statuses(client)
    assert "aurora-scratch-storage" in statuses(client)


def test_another_range_of_a_deployed_network_is_refused_by_every_way_of_deploying(checkout: Checkout) -> None:
    client, cdk = client_of(checkout.server), Cli(checkout.server, checkout.root)
    checkout.add("aurora")
    checkout.mlproject("deploy", "aurora", "-e", "scratch")
    (vpc,) = (each["VpcId"] for each in client("ec2").describe_vpcs()["Vpcs"] if each["CidrBlock"] == "10.82.0.0/16")
    environments = checkout.root / "environments.yaml"
    environments.write_text(environments.read_text().replace("10.82.0.0/16", "10.83.0.0/16"))
    locked = "would replace the deployed network of scratch, 10.82.0.0/16 in eu-west-1a, eu-west-1b"
    assert locked in checkout.mlproject("deploy", "aurora", "-e", "scratch", code=2)
    assert locked in cdk("deploy", "scratch/aurora/*", "--require-approval", "never", fails=True)

    # Without the lock the deployed network itself is asked, and CloudFormation replaces nothing that has a name.
    (checkout.root / "environments.lock.json").unlink()
    assert "10.82.0.0/16 in eu-west-1a, eu-west-1b is deployed" in checkout.mlproject(
        "deploy", "aurora", "-e", "scratch", code=2
    )
    said = cdk("deploy", "scratch/network", "--require-approval", "never", fails=True)
    assert "custom-named resource requires replacing" in said
    found = {each["VpcId"]: each["CidrBlock"] for each in client("ec2").describe_vpcs()["Vpcs"]}
    assert found[vpc] == "10.82.0.0/16"
    assert "10.83.0.0/16" not in found.values()

    assert "scratch is locked to 10.82.0.0/16" in checkout.mlproject("lock", "-e", "scratch")
    environments.write_text(environments.read_text().replace("10.83.0.0/16", "10.82.0.0/16"))
    cdk("destroy", "scratch/**", "--force")
    assert "scratch is no longer locked" in checkout.mlproject("lock", "-e", "scratch")
    assert not (checkout.root / "environments.lock.json").exists()


def test_a_started_application_is_stopped_before_its_change_and_notebooks_are_deployed_after_it(
    checkout: Checkout,
) -> None:
    client = client_of(checkout.server)
    project = checkout.add("rides")
    project.write_text(project.read_text() + "emr_serverless: {}\n")
    checkout.mlproject("deploy", "rides", "-e", "scratch", "--yes")
    application = client("ssm").get_parameter(Name="/mlproject/scratch/rides/emr-serverless-application")
    application_id = application["Parameter"]["Value"]
    address = client("ssm").get_parameter(Name="/mlproject/scratch/rides/livy-address-emr-serverless")
    assert address["Parameter"]["Value"] == (
        f"https://{application_id}.livy.emr-serverless-services.{REGION}.amazonaws.com"
    )
    (name,) = client("iam").list_role_policies(RoleName="rides-scratch-notebooks")["PolicyNames"]
    policy = client("iam").get_role_policy(RoleName="rides-scratch-notebooks", PolicyName=name)["PolicyDocument"]
    assert f"/applications/{application_id}" in json.dumps(policy)

    checkout.mlproject("application", "start", "rides", "-e", "scratch")
    project.write_text(project.read_text().replace("emr_serverless: {}", "emr_serverless: {maximum_vcpus: 32}"))
    said = checkout.mlproject("deploy", "rides", "-e", "scratch", "--yes")
    assert "$ mlproject application stop rides --environment scratch" in said
    changed = client("emr-serverless").get_application(applicationId=application_id)["application"]
    assert changed["maximumCapacity"]["cpu"] == "32 vCPU"
    checkout.mlproject("destroy", "rides", "-e", "scratch", "--yes")
