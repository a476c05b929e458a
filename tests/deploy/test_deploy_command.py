"""`mlproject deploy`, `diff`, `stacks`, `destroy` and `lock` on the ordinary CDK CLI; boto3 looks at what exists."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import ACCOUNT, Server
from tests.deploy.conftest import REGION, ROOT, Cli, client_of

pytestmark = pytest.mark.deploy
Client = Callable[[str], Any]
ENVIRONMENTS = """\
region: {region}
environments:
  kept:
    account: '{account}'
    network: {{new: {{cidr: 10.81.0.0/16}}}}
  scratch:
    account: '{account}'
    retain_data: false
    network: {{new: {{cidr: 10.82.0.0/16}}}}
"""
PROJECT = """\
name: {name}
owner: {name}@example.com
cost_centre: CC-3
storage: {{noncurrent_days: 7, artifacts_expire_days: 60, access_logs_expire_days: 60}}
pipeline: {{folder: flight_delays}}
notebooks: {{explore: {{instance_type: ml.t3.medium}}}}
environments: {{kept: {{}}, scratch: {{}}}}
"""


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A checkout with projects of this file's own, and the commands of a person in it."""

    root: Path
    server: Server

    @property
    def variables(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        return {**inherited, "PYTHONPATH": str(ROOT), **self.server.environment(ACCOUNT, REGION)}

    def mlproject(self, *arguments: str, code: int = 0, answer: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "mlproject.cli.main", *arguments],
            cwd=self.root,
            env=self.variables,
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    def add(self, name: str) -> Path:
        path = self.root / "projects" / name / "project.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(PROJECT.format(name=name))
        return path


@pytest.fixture
def checkout(bootstrapped: Server, tmp_path: Path) -> Iterator[Checkout]:
    root = tmp_path / "checkout"
    root.mkdir()
    shutil.copy2(ROOT / "app.py", root / "app.py")
    settings = json.loads((ROOT / "cdk.json").read_text())
    (root / "cdk.json").write_text(json.dumps({**settings, "app": f"{sys.executable} app.py"}))
    for name in ("pipeline_builder", "pipelines", "requirements", "node_modules", ".venv"):
        (root / name).symlink_to(ROOT / name)
    (root / "environments.yaml").write_text(ENVIRONMENTS.format(region=REGION, account=ACCOUNT))
    yield Checkout(root=root, server=bootstrapped)
    _remove_everything(client_of(bootstrapped))


def statuses(client: Client) -> dict[str, tuple[str, bool]]:
    """Name to status and protection of the stacks that exist, without the bootstrap's."""
    return {
        each["StackName"]: (each["StackStatus"], each.get("EnableTerminationProtection", False))
        for each in client("cloudformation").describe_stacks()["Stacks"]
        if each["StackName"] != "CDKToolkit"
    }


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
    assert "any more" not in checkout.mlproject("stacks", "scratch")

    shutil.rmtree(checkout.root / "projects" / "zephyr")
    said = checkout.mlproject("stacks", "scratch", code=1)
    assert "`mlproject destroy zephyr --environment scratch` removes them" in said
    assert json.loads(checkout.mlproject("stacks", "scratch", "--json", code=1))["orphans"] == ["zephyr"]
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
    assert "any more" not in checkout.mlproject("stacks", "scratch")


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

    assert "scratch is locked to 10.82.0.0/16" in checkout.mlproject("lock", "scratch")
    environments.write_text(environments.read_text().replace("10.83.0.0/16", "10.82.0.0/16"))
    cdk("destroy", "scratch/**", "--force")
    assert "scratch is no longer locked" in checkout.mlproject("lock", "scratch")
    assert not (checkout.root / "environments.lock.json").exists()


def _remove_everything(client: Client) -> None:
    """What tests of this file leave behind, retained resources among it: the server is shared."""
    sagemaker, s3 = client("sagemaker"), client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if name.startswith("cdk-"):
            continue
        found = s3.list_object_versions(Bucket=name)
        for version in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
    _delete_stacks(client, "-operations", "-notebooks", "-pipeline", "-storage")
    for notebook in sagemaker.list_notebook_instances()["NotebookInstances"]:
        name = notebook["NotebookInstanceName"]
        if notebook["NotebookInstanceStatus"] == "InService":
            sagemaker.stop_notebook_instance(NotebookInstanceName=name)
        sagemaker.delete_notebook_instance(NotebookInstanceName=name)
    for config in sagemaker.list_notebook_instance_lifecycle_configs()["NotebookInstanceLifecycleConfigs"]:
        sagemaker.delete_notebook_instance_lifecycle_config(
            NotebookInstanceLifecycleConfigName=config["NotebookInstanceLifecycleConfigName"]
        )
    for group in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        sagemaker.delete_model_package_group(ModelPackageGroupName=group["ModelPackageGroupName"])
    for bucket in s3.list_buckets()["Buckets"]:
        if not bucket["Name"].startswith("cdk-"):
            s3.delete_bucket(Bucket=bucket["Name"])
    iam, logs = client("iam"), client("logs")
    for role in iam.list_roles()["Roles"]:
        if role["RoleName"].startswith("aurora-kept-"):
            for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
                iam.delete_role_policy(RoleName=role["RoleName"], PolicyName=policy)
            iam.delete_role(RoleName=role["RoleName"])
    for alias in client("kms").list_aliases()["Aliases"]:
        if not alias["AliasName"].startswith("alias/aws/"):
            client("kms").delete_alias(AliasName=alias["AliasName"])
    for group in client("ec2").describe_security_groups()["SecurityGroups"]:
        if group["GroupName"] != "default" and not group["GroupName"].endswith("-endpoints"):
            client("ec2").delete_security_group(GroupId=group["GroupId"])
    _delete_stacks(client, "-network")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])
    assert statuses(client) == {}


def _delete_stacks(client: Client, *endings: str) -> None:
    cloudformation = client("cloudformation")
    for ending in endings:
        for name in [name for name in statuses(client) if name.endswith(ending)]:
            cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
            cloudformation.delete_stack(StackName=name)
