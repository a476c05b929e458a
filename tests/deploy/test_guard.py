"""`mlproject guard`, and what happens when a change is deployed that it judges: the table of docs/*/guard.md."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

import embedded_aws as aws
from embedded_aws import ACCOUNT
from tests.deploy.conftest import REGION, Cli, client_of
from tests.deploy.guard_cases import CASES, DONE, ROLLED_BACK
from tests.deploy.guard_platform import (
    EDIT,
    OTHER_ACCOUNT,
    PROJECTS,
    Platform,
    lay_out_platform,
    read,
    write,
    write_project,
)
from tests.deploy.scratch_checkout import Checkout
from tests.gitlab.notes_server import TOKEN, serve_notes

pytestmark = pytest.mark.deploy


def make_network(ec2: Any) -> dict[str, Any]:
    """Make a VPC with two subnets that no stack owns, and return it as the key `imported`; the first subnet is used."""
    vpc = ec2.create_vpc(CidrBlock="10.90.0.0/16")["Vpc"]["VpcId"]
    for number in (0, 1):
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.90.{number}.0/24", AvailabilityZone=f"{REGION}a")
    return {"vpc_id": vpc, "subnet_ids": subnets_of(ec2, vpc)[:1], "zones": [f"{REGION}a"], "endpoints": "exist"}


def subnets_of(ec2: Any, vpc: str) -> list[str]:
    found = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    return [each["SubnetId"] for each in sorted(found, key=lambda each: str(each["CidrBlock"]))]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Every project of PROJECTS, deployed by the CDK CLI; a second account is bootstrapped."""
    folder = tmp_path_factory.mktemp("guard")
    aws.Accounts(folder / "aws").add([ACCOUNT, OTHER_ACCOUNT])
    server = aws.start(folder / "aws", lifetime=aws.Lifetime.OF_STARTER)
    checkout = Checkout(root=folder / "checkout", server=server)
    lay_out_platform(checkout.root, imported=make_network(client_of(server)("ec2")))
    for account in (ACCOUNT, OTHER_ACCOUNT):
        Cli(server, checkout.root, account)("bootstrap", f"aws://{account}/{REGION}")
    Cli(server, checkout.root)("deploy", "**", "--require-approval", "never", "--concurrency", "4")
    checkout.mlproject("lock", "-e", "moving")
    yield Platform(checkout=checkout)
    aws.stop(folder / "aws")


@pytest.fixture
def platform(deployed: Platform) -> Iterator[Platform]:
    """The platform, whose files are as deployed before and after each test."""
    kept = deployed.root.parent / "kept"
    names = ("projects", "environments.yaml", "environments.lock.json")
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    shutil.copytree(deployed.root / "projects", kept / "projects")
    for name in names[1:]:
        shutil.copy2(deployed.root / name, kept / name)
    yield deployed
    shutil.rmtree(deployed.root / "projects")
    shutil.copytree(kept / "projects", deployed.root / "projects")
    for name in names[1:]:
        shutil.copy2(kept / name, deployed.root / name)
    (deployed.root / EDIT).unlink(missing_ok=True)


def test_a_renamed_bucket_starts_empty_and_the_old_one_stays(platform: Platform) -> None:
    case, s3 = CASES["bucket renamed"], platform.client("s3")
    old, new = f"amber-kept-data-{ACCOUNT}-{REGION}", "amber-renamed"
    s3.put_object(Bucket=old, Key="raw/a.csv", Body=b"1")
    platform.edit_app(
        "amber", "storage", "Data/Bucket", f"node.default_child.add_property_override('BucketName', '{new}')"
    )
    judgement = platform.judge("amber", case)
    assert judgement["name"] == old
    platform.deploy("amber", case, judgement)
    assert platform.status("amber-kept-storage") == case.status
    assert s3.list_objects_v2(Bucket=old)["KeyCount"] == 1
    assert s3.list_objects_v2(Bucket=new)["KeyCount"] == 0

    # The entry was valid for that deployment only: the way back is another replacement.
    (platform.root / EDIT).unlink()
    report = platform.guard("amber", code=1)
    assert [each["can_be_permitted"] for each in report["judgements"] if each["name"] == new] == [True]
    assert "has expired" in json.dumps(report["judgements"])
    (expired,) = report["unused_entries"]
    assert f"the state {judgement['deployed_state']} is no longer deployed" in expired


def test_a_volume_does_not_shrink_and_the_override_is_recorded(platform: Platform) -> None:
    case, sagemaker = CASES["volume shrunk"], platform.client("sagemaker")
    platform.change("basil", lambda content: content["notebooks"]["explore"].update(volume_gb=20))
    judgement = platform.judge("basil", case)
    assert "VolumeSizeInGB cannot decrease (30 to 20)" in judgement["reason"]
    assert not judgement["can_be_permitted"]
    said = platform.deploy("basil", case, judgement, code=1)
    assert platform.status("basil-scratch-notebooks") == case.status
    assert sagemaker.describe_notebook_instance(NotebookInstanceName="basil-scratch-explore")["VolumeSizeInGB"] == 30

    name = "/mlproject/scratch/basil/guard-override"
    assert f"recorded in the SSM parameter {name}" in said
    (recorded,) = platform.client("ssm").get_parameter_history(Name=name)["Parameters"]
    assert json.loads(recorded["Value"])["reason"] == "a test"
    assert json.loads(recorded["Value"])["resources"] == [judgement["resource"]]
    assert recorded["LastModifiedUser"]


def test_another_subnet_of_a_notebook_is_rolled_back_and_that_of_a_cluster_replaces_it(platform: Platform) -> None:
    ec2, emr, sagemaker = (platform.client(each) for each in ("ec2", "emr", "sagemaker"))
    path = platform.root / "environments.yaml"
    environments = read(path)
    imported = environments["environments"]["rented"]["network"]["imported"]
    first, second = subnets_of(ec2, imported["vpc_id"])
    imported["subnet_ids"] = [second]
    write(path, environments)

    case = CASES["other subnet of a notebook"]
    platform.deploy("cedar", case, platform.judge("cedar", case), code=1)
    assert platform.status("cedar-rented-notebooks") == case.status
    found = sagemaker.describe_notebook_instance(NotebookInstanceName="cedar-rented-explore")
    assert (found["NotebookInstanceStatus"], found["SubnetId"]) == ("InService", first)

    case = CASES["other subnet of a cluster"]
    judgement = platform.judge("delta", case)
    platform.deploy("delta", case, judgement)
    assert platform.status("delta-rented-emr") == case.status
    assert emr.describe_cluster(ClusterId=judgement["name"])["Cluster"]["Status"]["State"] == "TERMINATED"
    (new,) = emr.list_clusters(ClusterStates=["RUNNING", "WAITING"])["Clusters"]
    attributes = emr.describe_cluster(ClusterId=new["Id"])["Cluster"]["Ec2InstanceAttributes"]
    assert attributes["Ec2SubnetId"] == second


def test_another_key_deletes_the_old_one_and_a_notebook_cannot_follow(platform: Platform) -> None:
    kms, sagemaker = platform.client("kms"), platform.client("sagemaker")
    platform.edit_app("ember", "storage", "Encryption/Key", "node.default_child.override_logical_id('OtherKey')")
    case = CASES["other key"]
    judgement = platform.judge("ember", case)
    # The change sets do not contain that: the stack of the notebooks is unchanged, but reads the ARN of the key.
    notebook = platform.judge("ember", CASES["other key of a notebook"])
    assert notebook["resource"].startswith("ember-scratch-notebooks/")
    said = platform.deploy("ember", case, judgement, code=1)
    assert "custom-named resource requires replacing" in said
    assert kms.describe_key(KeyId=judgement["name"])["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert platform.status("ember-scratch-storage") == case.status == DONE
    assert platform.status("ember-scratch-notebooks") == CASES["other key of a notebook"].status == ROLLED_BACK
    found = sagemaker.describe_notebook_instance(NotebookInstanceName="ember-scratch-explore")
    assert found["KmsKeyId"].endswith(judgement["name"])


def test_a_renamed_model_package_group_starts_empty_and_the_old_one_keeps_its_models(platform: Platform) -> None:
    case, sagemaker = CASES["model package group renamed"], platform.client("sagemaker")
    sagemaker.create_model_package(ModelPackageGroupName="fjord-scratch", ModelApprovalStatus="PendingManualApproval")
    platform.edit_app(
        "fjord", "pipeline", "Models/Group", "add_property_override('ModelPackageGroupName', 'fjord-renamed')"
    )
    platform.deploy("fjord", case, platform.judge("fjord", case))
    assert platform.status("fjord-scratch-pipeline") == case.status
    # Even where data is not retained, SageMaker deletes no group with models.
    versions = {
        name: len(sagemaker.list_model_packages(ModelPackageGroupName=name)["ModelPackageSummaryList"])
        for name in ("fjord-scratch", "fjord-renamed")
    }
    assert versions == {"fjord-scratch": 1, "fjord-renamed": 0}


def test_a_renamed_notebook_is_deleted_with_its_volume_and_another_type_only_stops_it(platform: Platform) -> None:
    sagemaker = platform.client("sagemaker")

    def names() -> dict[str, str]:
        found = sagemaker.list_notebook_instances(NameContains="grove-")["NotebookInstances"]
        return {each["NotebookInstanceName"]: each["InstanceType"] for each in found}

    case = CASES["notebook of another instance type"]
    platform.change("grove", lambda content: content["notebooks"]["explore"].update(instance_type="ml.t3.large"))
    judgement = platform.judge("grove", case)
    platform.deploy("grove", case, judgement)
    assert platform.status("grove-scratch-notebooks") == case.status
    assert names() == {"grove-scratch-explore": "ml.t3.large"}

    case = CASES["notebook renamed"]
    platform.change("grove", lambda content: content["notebooks"].update(study=content["notebooks"].pop("explore")))
    judgement = platform.judge("grove", case)
    assert "it is deleted" in judgement["reason"]
    platform.deploy("grove", case, judgement)
    assert platform.status("grove-scratch-notebooks") == case.status
    assert names() == {"grove-scratch-study": "ml.t3.large"}


def test_another_node_type_replaces_the_cluster(platform: Platform) -> None:
    case, emr = CASES["EMR node type"], platform.client("emr")
    write_project(
        platform.root, "delta", "rented", {"emr": {**PROJECTS["delta"][1]["emr"], "core_instance_type": "m5.2xlarge"}}
    )
    # The network is the deployed one, whichever the other test has left.
    (cluster,) = emr.list_clusters(ClusterStates=["RUNNING", "WAITING"])["Clusters"]
    path = platform.root / "environments.yaml"
    environments = read(path)
    attributes = emr.describe_cluster(ClusterId=cluster["Id"])["Cluster"]["Ec2InstanceAttributes"]
    environments["environments"]["rented"]["network"]["imported"]["subnet_ids"] = [attributes["Ec2SubnetId"]]
    write(path, environments)

    judgement = platform.judge("delta", case)
    assert judgement["name"] == cluster["Id"]
    platform.deploy("delta", case, judgement)
    assert platform.status("delta-rented-emr") == case.status
    assert emr.describe_cluster(ClusterId=cluster["Id"])["Cluster"]["Status"]["State"] == "TERMINATED"


def test_another_node_type_leaves_a_protected_cluster_behind(platform: Platform) -> None:
    case, emr = CASES["EMR node type, protected"], platform.client("emr")
    (cluster,) = emr.list_clusters(ClusterStates=["RUNNING", "WAITING"])["Clusters"]
    emr.set_termination_protection(JobFlowIds=[cluster["Id"]], TerminationProtected=True)
    network = read(platform.root / "environments.yaml")
    attributes = emr.describe_cluster(ClusterId=cluster["Id"])["Cluster"]["Ec2InstanceAttributes"]
    network["environments"]["rented"]["network"]["imported"]["subnet_ids"] = [attributes["Ec2SubnetId"]]
    write(platform.root / "environments.yaml", network)
    write_project(
        platform.root, "delta", "rented", {"emr": {**PROJECTS["delta"][1]["emr"], "core_instance_type": "m5.4xlarge"}}
    )
    judgement = platform.judge("delta", case)
    assert judgement["name"] == cluster["Id"]
    platform.deploy("delta", case, judgement)
    assert platform.status("delta-rented-emr") == case.status
    assert emr.describe_cluster(ClusterId=cluster["Id"])["Cluster"]["Status"]["State"] == "WAITING"
    emr.set_termination_protection(JobFlowIds=[cluster["Id"]], TerminationProtected=False)
    emr.terminate_job_flows(JobFlowIds=[cluster["Id"]])


def test_a_removed_project_stays_deployed_and_blocks_no_other(platform: Platform) -> None:
    case = CASES["project removed"]
    shutil.rmtree(platform.root / "projects" / "heron")
    report = platform.guard("heron", code=1)
    assert not report["allowed"]
    assert "`mlproject destroy heron --environment scratch` removes them" in report["judgements"][0]["reason"]
    judgement = platform.judge("basil", case)
    assert judgement["name"] == "heron"
    platform.deploy("basil", case, judgement)
    assert platform.status("heron-scratch-storage") == case.status


def test_a_renamed_project_starts_without_data_beside_the_old_one(platform: Platform) -> None:
    case, s3 = CASES["project renamed"], platform.client("s3")
    old, new = (f"{name}-scratch-data-{ACCOUNT}-{REGION}" for name in ("heron", "birch"))
    s3.put_object(Bucket=old, Key="raw/a.csv", Body=b"1")
    shutil.rmtree(platform.root / "projects" / "heron")
    write_project(platform.root, "birch", "scratch", PROJECTS["heron"][1])
    judgement = platform.judge("birch", case)
    assert "birch starts without its data" in judgement["reason"]
    platform.deploy("birch", case, judgement)
    assert platform.status("birch-scratch-storage") == case.status
    assert [s3.list_objects_v2(Bucket=bucket)["KeyCount"] for bucket in (old, new)] == [1, 0]


def test_another_account_starts_without_data_and_the_old_stacks_stay(platform: Platform) -> None:
    case = CASES["account changed"]
    path = platform.root / "environments.yaml"
    environments = read(path)
    environments["environments"]["moving"]["account"] = OTHER_ACCOUNT
    write(path, environments)
    server = platform.checkout.server
    moved = Platform(checkout=dataclasses.replace(platform.checkout, extra=server.environment(OTHER_ACCOUNT, REGION)))
    judgement = moved.judge("zinc", case)
    assert judgement["resource"] == f"aws://{ACCOUNT}/{REGION}"
    moved.deploy("zinc", case, judgement)
    described = moved.client("cloudformation", OTHER_ACCOUNT).describe_stacks(StackName="zinc-moving-storage")
    assert described["Stacks"][0]["StackStatus"] == platform.status("zinc-moving-storage") == case.status


def test_an_approval_is_valid_for_the_deployed_state_and_the_changes_that_were_approved(platform: Platform) -> None:
    cloudformation, file = platform.client("cloudformation"), platform.root / "approval.json"
    stack = "basil-scratch-storage"
    deploy = ("deploy", "basil", "-e", "scratch", "--approved", str(file))
    platform.change("basil", lambda content: content["storage"].update(noncurrent_days=8))
    report = platform.guard("basil", "--record", str(file))
    assert platform.guard("basil")["hash"] == report["hash"] == json.loads(file.read_text())["hash"]
    cloudformation.update_stack(
        StackName=stack,
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "changed-by", "Value": "somebody else"}],
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    said = platform.checkout.mlproject(*deploy, code=1)
    assert f"the approval is older than the deployed state of {stack}, so nothing was deployed" in said
    with serve_notes() as gitlab:
        gitlab.merge_requests["a" * 40] = [{"iid": 3, "state": "merged"}]
        job = {"CI_SERVER_URL": gitlab.url, "CI_PROJECT_ID": "12", "CI_COMMIT_SHA": "a" * 40}
        token = {"MLPROJECT_GITLAB_TOKEN": TOKEN, "CI_JOB_URL": "https://gitlab.example.com/job/1"}
        checkout = dataclasses.replace(platform.checkout, extra={**job, **token})
        record = ("guard", "basil", "-e", "scratch", "--record", str(file), "--comment")
        assert "The note of merge request !3 was created." in checkout.mlproject(*record)
        (note,) = gitlab.notes
        assert json.loads(file.read_text())["hash"] in note["body"]
        assert "- `Modify DataBucket" in note["body"]
        assert "https://gitlab.example.com/job/1" in note["body"]
        # A token that has expired does not delay a deployment.
        gitlab.refused["PUT"] = 403
        assert "warning: merge request !3: the note was not written" in checkout.mlproject(*record)
    platform.checkout.mlproject(*deploy)
    assert platform.guard("basil")["stacks"][1]["changes"] == 0


def test_a_change_that_cloudformation_rejects_is_one_sentence(platform: Platform) -> None:
    absent = "node.default_child.add_property_override('BucketName', {'Fn::ImportValue': 'absent-export'})"
    platform.edit_app("zinc", "storage", "Data/Bucket", absent)
    said = platform.checkout.mlproject("guard", "zinc", "-e", "moving", code=1)
    (sentence,) = said.splitlines()
    assert "moving/zinc/storage: CloudFormation rejects the change: " in sentence
    assert "absent-export" in sentence
