"""Changes, replacements, failures and rollbacks by the ordinary CDK CLI; boto3 looks at what exists afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import REGION, Cli
from tests.deploy.small_app import synthesize

pytestmark = pytest.mark.deploy
Client = Callable[[str], Any]


def listing(client: Client, prefix: str) -> dict[str, Any]:
    """What exists of a small app's two stacks, with the values that its variants change."""
    names = [f"/{prefix}-{stack}/{name}" for stack in "ab" for name in ("value", "old", "new", "role-arn")]
    parameters = client("ssm").get_parameters(Names=names)["Parameters"]
    groups = client("logs").describe_log_groups(logGroupNamePrefix=f"/{prefix}-")["logGroups"]
    roles = client("iam").list_roles()["Roles"]
    return {
        "parameters": {parameter["Name"]: parameter["Value"] for parameter in parameters},
        "retention": {group["logGroupName"]: group["retentionInDays"] for group in groups},
        "roles": sorted(role["Arn"] for role in roles if role["RoleName"].startswith(f"{prefix}-")),
    }


def status(client: Client, stack: str) -> str:
    return str(client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])


def test_a_second_deploy_of_the_same_app_changes_nothing_and_says_so(cdk: Cli, client: Client, tmp_path: Path) -> None:
    assembly = synthesize(folder=tmp_path / "out", prefix="same", variant="first")
    cdk.deploy(assembly)
    before = listing(client, "same")
    output = cdk.deploy(assembly)
    assert output.count("(no changes)") == 2
    assert listing(client, "same") == before
    assert "There were no differences" in cdk("diff", "--app", str(assembly))


def test_a_change_is_shown_by_diff_then_made_in_place_or_by_replacement(
    cdk: Cli, client: Client, tmp_path: Path
) -> None:
    cdk.deploy(synthesize(folder=tmp_path / "first", prefix="change", variant="first"))
    before = listing(client, "change")
    changed = synthesize(folder=tmp_path / "changed", prefix="change", variant="changed")

    diff = cdk("diff", "--app", str(changed), "change-a")
    (role_line,) = [line for line in diff.splitlines() if "AWS::IAM::Role" in line]
    (value_line,) = [line for line in diff.splitlines() if "AWS::SSM::Parameter Value" in line]
    assert "replace" in role_line
    assert "replace" not in value_line
    assert listing(client, "change") == before

    cdk.deploy(changed)
    after = listing(client, "change")
    assert after["parameters"]["/change-a/value"] == "new"
    assert "/change-a/old" not in after["parameters"]
    assert after["parameters"]["/change-b/new"] == "1"
    assert set(after["retention"].values()) == {30}
    assert len(after["roles"]) == 2
    assert not set(after["roles"]) & set(before["roles"])
    assert after["parameters"]["/change-a/role-arn"] in after["roles"]


def test_a_failing_change_is_rolled_back_and_its_cause_is_in_the_output(
    cdk: Cli, client: Client, tmp_path: Path
) -> None:
    client("s3").create_bucket(Bucket="rollback-taken", CreateBucketConfiguration={"LocationConstraint": REGION})
    cdk.deploy(synthesize(folder=tmp_path / "first", prefix="rollback", variant="first"))
    before = listing(client, "rollback")
    failing = synthesize(
        folder=tmp_path / "failing", prefix="rollback", variant="failing", taken_bucket="rollback-taken"
    )

    output = cdk.deploy(failing, "rollback-a", fails=True)
    assert "rollback-taken already exists" in output
    assert "UPDATE_ROLLBACK_COMPLET" in output  # the CLI cuts the column
    assert status(client, "rollback-a") == "UPDATE_ROLLBACK_COMPLETE"
    assert listing(client, "rollback") == before

    cdk.deploy(synthesize(folder=tmp_path / "changed", prefix="rollback", variant="changed"), "rollback-a")
    assert listing(client, "rollback")["parameters"]["/rollback-a/value"] == "new"


def test_a_first_deploy_that_failed_leaves_nothing_and_can_be_repeated(
    cdk: Cli, client: Client, tmp_path: Path
) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="repeat-taken", CreateBucketConfiguration={"LocationConstraint": REGION})
    failing = synthesize(folder=tmp_path / "out", prefix="repeat", variant="failing", taken_bucket="repeat-taken")

    output = cdk.deploy(failing, "repeat-a", fails=True)
    assert "ROLLBACK_COMPLETE" in output
    assert listing(client, "repeat") == {"parameters": {}, "retention": {}, "roles": []}

    s3.delete_bucket(Bucket="repeat-taken")
    cdk.deploy(failing, "repeat-a")
    assert status(client, "repeat-a") == "CREATE_COMPLETE"
    assert listing(client, "repeat")["parameters"]["/repeat-a/value"] == "new"


def test_an_unknown_resource_type_is_refused_by_name_before_anything_is_made(
    cdk: Cli, client: Client, tmp_path: Path
) -> None:
    assembly = synthesize(folder=tmp_path / "out", prefix="unknown", variant="unknown type")
    output = cdk.deploy(assembly, "unknown-a", fails=True)
    assert "AWS::Batch::JobQueue" in output
    assert listing(client, "unknown") == {"parameters": {}, "retention": {}, "roles": []}


def test_diff_says_why_a_change_cannot_be_deployed(cdk: Cli, tmp_path: Path) -> None:
    cdk.deploy(synthesize(folder=tmp_path / "first", prefix="told", variant="first"), "told-a")
    for prefix in ("told", "untold"):  # a stack that exists, and one that does not
        assembly = synthesize(folder=tmp_path / prefix, prefix=prefix, variant="unknown type")
        shown = cdk("diff", "--app", str(assembly), f"{prefix}-a")
        assert "Unrecognized resource types: [AWS::Batch::JobQueue]" in shown


def test_two_stacks_are_deployed_and_changed_at_once(cdk: Cli, client: Client, tmp_path: Path) -> None:
    cdk.deploy(synthesize(folder=tmp_path / "first", prefix="both", variant="first"), "--all", "--concurrency", "2")
    cdk.deploy(synthesize(folder=tmp_path / "changed", prefix="both", variant="changed"), "--all", "--concurrency", "2")
    after = listing(client, "both")["parameters"]
    assert (after["/both-a/value"], after["/both-b/value"]) == ("new", "new")
    assert (status(client, "both-a"), status(client, "both-b")) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")


def test_destroy_removes_what_deploy_made(cdk: Cli, client: Client, tmp_path: Path) -> None:
    assembly = synthesize(folder=tmp_path / "out", prefix="gone", variant="first")
    cdk.deploy(assembly)
    cdk("destroy", "--app", str(assembly), "--all", "--force")
    assert listing(client, "gone") == {"parameters": {}, "retention": {}, "roles": []}
    assert not [
        stack
        for stack in client("cloudformation").describe_stacks()["Stacks"]
        if stack["StackName"].startswith("gone-")
    ]
