"""The execution policy covers the types of the stacks, within IAM's limits, and widens nothing without a reason."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from mlproject.execution_policy import RESOURCE_TYPES, execution_policies
from mlproject.execution_policy.schema_actions import schema_actions
from mlproject.parameters import Environment, NewNetwork
from tests.checkouts import ROOT
from tests.cli.checkout import lay_out

POLICY_LIMIT = 6144
# EC2, EMR's configurations, and actions that list or create what has no ARN yet.
UNNAMED = ("ec2:", "elasticmapreduce:")
# What CloudFormation or AWS names without the environment.
GENERATED = {
    "/applications/",
    "cluster/",
    "code-repository/",
    "endpoint-config/",
    "model/",
    "notebook-instance-lifecycle-config/",
    # The roles of services, of which an account has one each.
    "role/aws-service-role/apidestinations.events.amazonaws.com/",
    "role/aws-service-role/ops.emr-serverless.amazonaws.com/",
}
WITHOUT_RESOURCE = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListDashboards",
    "emr-serverless:CreateApplication",
    "events:ListRules",
    "kms:CreateKey",
    "kms:ListAliases",
    "logs:DescribeLogGroups",
    "sns:GetSubscriptionAttributes",
    "sns:ListTopics",
}


def environment(**changes: Any) -> Environment:
    values: dict[str, Any] = {
        "name": "dev",
        "account": "111111111111",
        "region": "eu-west-1",
        "network": NewNetwork(cidr="10.40.0.0/16", zones=("eu-west-1a", "eu-west-1b")),
        "bootstrap_qualifier": "hnb659fds",
        "permissions_boundary": None,
        "role_path": "/",
        "tags": {},
        "retain_data": False,
        **changes,
    }
    return Environment(**values)


def statements(**changes: Any) -> list[dict[str, Any]]:
    policies = execution_policies(environment(**changes), partition="aws")
    return [each for policy in policies for each in json.loads(policy.text)["Statement"]]


def deployed_types() -> set[str]:
    """The resource types of all reviewed templates, except for those of identity stacks.

    A person deploys these, with other permissions than CloudFormation's role of CI jobs.
    """
    reviewed = (ROOT / "tests" / "stacks" / "__snapshots__").rglob("*.json")
    templates = [path for path in reviewed if "identity" not in path.name]
    assert len(templates) > 10
    return {
        resource["Type"]
        for template in templates
        for resource in json.loads(template.read_text()).get("Resources", {}).values()
    }


def test_the_table_has_the_types_of_the_stacks_and_no_others() -> None:
    assert set(RESOURCE_TYPES) == deployed_types()


@pytest.mark.parametrize("name", RESOURCE_TYPES)
def test_what_the_table_removes_is_in_the_schema_and_what_it_adds_is_not(name: str) -> None:
    permissions, found = RESOURCE_TYPES[name], schema_actions(name, region="eu-west-1")
    assert permissions.without <= found
    assert not set(permissions.adding) & found
    assert permissions.unscoped <= found | set(permissions.adding)
    assert any(action.startswith(f"{permissions.service}:") for action in {*found, *permissions.adding})


@pytest.mark.parametrize("path", ["/", f"/{'p' * 100}/"])
def test_each_policy_fits_into_what_iam_accepts(path: str) -> None:
    policies = execution_policies(environment(role_path=path), partition="aws")
    assert 1 < len(policies) <= 10
    for policy in policies:
        assert len(policy.text) <= POLICY_LIMIT
        assert " " not in policy.text
        assert json.loads(policy.readable) == json.loads(policy.text)


def test_every_resource_is_named_after_the_environment_or_limited_otherwise() -> None:
    for statement in statements():
        assert "*" not in "".join(statement["Action"])
        for resource in statement["Resource"]:
            if resource == "*":
                assert all(a.startswith(UNNAMED) or a in WITHOUT_RESOURCE for a in statement["Action"])
                assert "Condition" in statement
            else:
                named = resource.partition("*")[0].rpartition(":")[2] in GENERATED
                assert "dev" in resource or named or "aws:ResourceTag/environment" in json.dumps(statement)


def test_no_identity_and_no_attached_policy_can_be_created() -> None:
    actions = {action for statement in statements() for action in statement["Action"]}
    assert not {each for each in actions if "User" in each or ("Group" in each and each.startswith("iam:"))}
    assert not {each for each in actions if ":Attach" in each and each.startswith("iam:")}
    assert not {each for each in actions if "OpenIDConnect" in each or "SAML" in each}


@pytest.mark.parametrize("boundary", ["ml-boundary", "arn:aws:iam::111111111111:policy/ml-boundary"])
def test_with_a_boundary_no_role_is_created_without_it_nor_loses_it(boundary: str) -> None:
    found = statements(permissions_boundary=boundary)
    creating = [each for each in found if "iam:CreateRole" in each["Action"]]
    (statement,) = creating
    arn = "arn:aws:iam::111111111111:policy/ml-boundary"
    assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": arn}}
    assert not any("iam:DeleteRolePermissionsBoundary" in each["Action"] for each in found)


def test_the_command_writes_the_policies_and_prints_how_to_use_them(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path)
    output = checkout.run("execution-policy", "-e", "dev", "--write", "policies").stdout
    *create, bootstrap = output.splitlines()
    files = sorted((tmp_path / "policies").iterdir())
    assert [shlex.split(line)[-1] for line in create] == [f"file://policies/{file.name}" for file in files]
    assert bootstrap.startswith("cdk bootstrap aws://111111111111/eu-west-1 --cloudformation-execution-policies arn:")
    assert all(f"policy/{file.stem}" in bootstrap for file in files)
    printed = checkout.run("execution-policy", "-e", "dev").stdout
    assert printed == "".join(file.read_text() for file in files)


def test_an_environment_that_does_not_exist_is_told(tmp_path: Path) -> None:
    done = lay_out(tmp_path).run("execution-policy", "-e", "loca")
    assert (done.returncode, "Did you mean local?" in done.stderr) == (2, True)
