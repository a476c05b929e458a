"""The approval of a model starts the GitLab pipeline that promotes it: in the embedded AWS, with a local GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.execution_policy import execution_policies
from tests.embedded_aws.iam.ground import Client, allow, clients, document, trust
from tests.gitlab.pipelines_server import PROJECT_ID, TOKEN, PipelinesServer, serve_pipelines
from tests.stacks.assembly import Stack
from tests.stacks.examples import OWNED, PROMOTING

NAME = "alpha-owned-operations"
EXPIRED = "glpat-that-has-expired"
NEXT_SECRET = PROMOTING.secret.replace("-2", "-3")


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account of an environment, in whose operations stack CloudFormation may do what the execution policy allows.

    Args:
        server: the embedded AWS.
        client: of the account's administrator.
        role: the execution role.
        gitlab: the local GitLab.
        template: of the operations stack.
    """

    server: aws.Server
    client: Client
    role: str
    gitlab: PipelinesServer
    template: Mapping[str, Any]

    def deploy(self, template: Mapping[str, Any]) -> str:
        """Create or update the stack; return its status."""
        cloudformation = self.client("cloudformation")
        exists = any(
            each["StackName"] == NAME and each["StackStatus"] != "DELETE_COMPLETE"
            for each in cloudformation.list_stacks()["StackSummaries"]
        )
        change = cloudformation.update_stack if exists else cloudformation.create_stack
        change(
            StackName=NAME,
            TemplateBody=json.dumps(template),
            RoleARN=self.role,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        status: str = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["StackStatus"]
        return status

    def reasons(self) -> str:
        events = self.client("cloudformation").describe_stack_events(StackName=NAME)["StackEvents"]
        return "\n".join(each.get("ResourceStatusReason", "") for each in events)

    def register(self, group: str) -> str:
        """Register a model that waits for its approval."""
        made = self.client("sagemaker").create_model_package(
            ModelPackageGroupName=group, ModelApprovalStatus="PendingManualApproval"
        )
        arn: str = made["ModelPackageArn"]
        return arn

    def decide(self, package: str, status: str) -> None:
        self.client("sagemaker").update_model_package(ModelPackageArn=package, ModelApprovalStatus=status)

    def everything_shown(self) -> str:
        """What a reader of the account sees of the stack and its resources, and the server's log."""
        cloudformation, events = self.client("cloudformation"), self.client("events")
        rules = [each["Name"] for each in events.list_rules(NamePrefix=NAME)["Rules"]]
        return json.dumps(
            [
                cloudformation.get_template(StackName=NAME),
                cloudformation.describe_stacks(StackName=NAME),
                cloudformation.describe_stack_events(StackName=NAME),
                cloudformation.describe_stack_resources(StackName=NAME),
                events.describe_connection(Name="alpha-owned-gitlab"),
                events.describe_api_destination(Name="alpha-owned-gitlab"),
                [events.describe_rule(Name=rule) for rule in rules],
                [events.list_targets_by_rule(Rule=rule) for rule in rules],
                self.server.log.read_text(),
            ],
            default=str,
        )


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, example_stacks: Mapping[str, Stack]) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("approval")
    stack = example_stacks["owned/alpha/operations"]
    aws.Accounts(folder).add([stack.account])
    server = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    try:
        keys = server.administrator_of(stack.account)
        client = clients(server, keys.access_key_id, keys.secret_access_key, region=stack.region)
        policy = document(allow("*", "*"))
        client("iam").create_policy(PolicyName="mlproject-boundary", PolicyDocument=policy)
        with serve_pipelines() as gitlab:
            aws.Addresses(folder).add("https://gitlab.example.com", gitlab.url)
            key = client("kms").create_key(Tags=[{"TagKey": "environment", "TagValue": "owned"}])
            client("ssm").put_parameter(
                Name="/mlproject/owned/alpha/key-arn", Value=key["KeyMetadata"]["Arn"], Type="String"
            )
            for group in ("alpha-owned", "beta-owned"):
                client("sagemaker").create_model_package_group(ModelPackageGroupName=group)
            role = execution_role(client)
            yield Account(server=server, client=client, role=role, gitlab=gitlab, template=stack.template)
    finally:
        aws.stop(folder)


def execution_role(client: Client) -> str:
    """CloudFormation's role with the policies that `mlproject execution-policy` writes."""
    trusted = trust({"Service": "cloudformation.amazonaws.com"})
    arn: str = client("iam").create_role(RoleName="execution", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    for policy in execution_policies(OWNED, partition="aws"):
        client("iam").put_role_policy(RoleName="execution", PolicyName=policy.name, PolicyDocument=policy.text)
    return arn


def pipelines(version: str) -> list[dict[str, str]]:
    """The pipelines that promote a version: one for each environment."""
    return [
        {
            "ref": "release",
            "OPERATION": "promote",
            "PROJECT": "alpha",
            "SOURCE": "owned",
            "ENVIRONMENT": target,
            "MODEL": version,
        }
        for target in PROMOTING.targets
    ]


@pytest.mark.slow
def test_an_approval_starts_one_pipeline_for_each_environment_once_its_token_is_valid_and_nobody_sees_the_token(
    account: Account,
) -> None:
    gitlab = account.gitlab
    assert account.deploy(account.template) == "ROLLBACK_COMPLETE"
    assert "Secrets Manager can't find the specified secret." in account.reasons()
    account.client("cloudformation").delete_stack(StackName=NAME)

    account.client("secretsmanager").create_secret(Name=PROMOTING.secret, SecretString=EXPIRED)
    assert account.deploy(account.template) == "CREATE_COMPLETE", account.reasons()
    first, second = account.register("alpha-owned"), account.register("alpha-owned")
    account.decide(first, "Approved")
    assert [request.headers["private-token"] for request in gitlab.requests] == [EXPIRED, EXPIRED]
    assert gitlab.pipelines == []

    # A new token: the next generation of the secret, and a deployment.
    account.client("secretsmanager").create_secret(Name=NEXT_SECRET, SecretString=TOKEN)
    changed = json.loads(json.dumps(account.template).replace(PROMOTING.secret, NEXT_SECRET))
    assert account.deploy(changed) == "UPDATE_COMPLETE", account.reasons()
    gitlab.requests.clear()
    account.decide(second, "Approved")
    assert gitlab.pipelines == pipelines("2")
    assert {request.path for request in gitlab.requests} == {f"/api/v4/projects/{PROJECT_ID}/pipeline"}
    assert len(gitlab.requests) == 2

    gitlab.requests.clear()
    account.decide(second, "Rejected")
    account.decide(account.register("beta-owned"), "Approved")
    account.register("alpha-owned")
    assert gitlab.requests == []

    shown = account.everything_shown()
    assert NEXT_SECRET in shown
    assert f"{PROJECT_ID}/pipeline answered 401" in shown
    for token in (EXPIRED, TOKEN):
        assert token not in shown
