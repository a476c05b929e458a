"""Policies of notebook users, evaluated by the embedded AWS with the documents of the templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from mlproject.errors import UserError
from mlproject.notebook_url import create_notebook_url
from tests.stacks.assembly import Stack
from tests.stacks.examples import EXPLORE, LENT, deployment

pytestmark = [pytest.mark.slow, pytest.mark.tries_permissions]

Client = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class ExampleStack:
    """A notebooks stack of an example in the embedded AWS.

    Args:
        region: region of the example.
        server: embedded AWS.
        stack: the notebooks stack.
    """

    region: str
    server: aws.Server
    stack: Stack

    def administrator(self) -> Client:
        given = self.server.environment(aws.ACCOUNT, self.region)
        return self.client(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"])

    def client(self, key_id: str, secret: str, token: str | None = None) -> Client:
        session = boto3.Session(key_id, secret, token, region_name=self.region)
        return lambda service: session.client(service, endpoint_url=self.server.endpoint)

    def document(self, found: Mapping[str, Any]) -> str:
        """Return a policy document with resolved values, in the account of the embedded AWS."""
        text = json.dumps(filled(found))
        return text.replace(self.stack.account, aws.ACCOUNT)

    def user_policy(self, notebook: str) -> str:
        """Create the user policy of a notebook from the template, and return its ARN."""
        name = self.stack.properties["stackName"].replace("notebooks", f"open-{notebook}")
        (found,) = (
            resource["Properties"]
            for resource in self.stack.resources("AWS::IAM::ManagedPolicy").values()
            if resource["Properties"]["ManagedPolicyName"] == name
        )
        name, document = found["ManagedPolicyName"], self.document(found["PolicyDocument"])
        iam = self.administrator()("iam")
        try:
            arn: str = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            return f"arn:aws:iam::{aws.ACCOUNT}:policy/{name}"
        return arn

    def user(self, name: str, policy_arn: str) -> Client:
        """The clients of an IAM user to whom a policy is attached."""
        iam = self.administrator()("iam")
        iam.create_user(UserName=name)
        iam.attach_user_policy(UserName=name, PolicyArn=policy_arn)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return self.client(key["AccessKeyId"], key["SecretAccessKey"])

    def session(self, role: str, name: str) -> Client:
        """The clients of a role's session of that name."""
        given = self.administrator()("sts").assume_role(
            RoleArn=f"arn:aws:iam::{aws.ACCOUNT}:role/{role}", RoleSessionName=name
        )["Credentials"]
        return self.client(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def role(self, name: str) -> str:
        """A role whose sessions the account's administrators name."""
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{aws.ACCOUNT}:root"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        self.administrator()("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return name


def filled(value: Any) -> Any:
    """Replace intrinsic functions by sample values."""
    if isinstance(value, dict):
        if "Fn::Join" in value:
            return "".join(filled(part) for part in value["Fn::Join"][1])
        if "Fn::GetAtt" in value or "Fn::Select" in value:
            return "id-of-another-resource"
        if "Ref" in value:
            return f"arn:aws:kms:us-east-1:{aws.ACCOUNT}:key/{value['Ref']}"
        return {name: filled(inner) for name, inner in value.items()}
    return [filled(inner) for inner in value] if isinstance(value, list) else value


def place(path: str, server: aws.Server, stacks: Mapping[str, Stack]) -> ExampleStack:
    stack = stacks[f"{path}/notebooks"]
    return ExampleStack(region=stack.region, server=server, stack=stack)


@pytest.fixture(scope="module")
def owned(embedded_aws: aws.Server, example_stacks: Mapping[str, Stack]) -> ExampleStack:
    """Two notebooks. cris@example.com may open `review` from any network."""
    made = place("owned/alpha", embedded_aws, example_stacks)
    for name in ("alpha-owned-explore", "alpha-owned-review"):
        create(made, name)
    return made


@pytest.fixture(scope="module")
def lent(embedded_aws: aws.Server, example_stacks: Mapping[str, Stack]) -> ExampleStack:
    """A notebook that opens only from the network."""
    made = place("lent/alpha", embedded_aws, example_stacks)
    create(made, "alpha-lent-explore")
    return made


def create(where: ExampleStack, name: str) -> None:
    where.administrator()("sagemaker").create_notebook_instance(
        NotebookInstanceName=name,
        InstanceType="ml.t3.medium",
        RoleArn=f"arn:aws:iam::{aws.ACCOUNT}:role/machine-learning/alpha-owned-notebooks",
    )


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the error message of a denied call."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(error.value.response["Error"]["Message"])


def test_a_user_opens_stops_and_starts_the_notebook_and_no_other(owned: ExampleStack) -> None:
    sagemaker = owned.user("cris@example.com", owned.user_policy("review"))("sagemaker")
    own = {"NotebookInstanceName": "alpha-owned-review"}

    assert sagemaker.create_presigned_notebook_instance_url(**own)["AuthorizedUrl"]
    sagemaker.stop_notebook_instance(**own)
    sagemaker.start_notebook_instance(**own)
    assert sagemaker.describe_notebook_instance(**own)["NotebookInstanceStatus"] == "InService"

    other = {"NotebookInstanceName": "alpha-owned-explore"}
    for call in (
        sagemaker.create_presigned_notebook_instance_url,
        sagemaker.describe_notebook_instance,
        sagemaker.stop_notebook_instance,
    ):
        assert "not authorized" in refused(call, **other)
    # Nor is the notebook changed or deleted.
    assert "sagemaker:DeleteNotebookInstance" in refused(sagemaker.delete_notebook_instance, **own)


def test_the_policy_gives_nothing_to_whom_it_does_not_name(owned: ExampleStack) -> None:
    sagemaker = owned.user("dee@example.com", owned.user_policy("review"))("sagemaker")
    for call in (sagemaker.create_presigned_notebook_instance_url, sagemaker.start_notebook_instance):
        assert "not authorized" in refused(call, NotebookInstanceName="alpha-owned-review")


def test_a_session_is_let_in_by_its_name(owned: ExampleStack) -> None:
    role = owned.role("data-scientists")
    owned.administrator()("iam").attach_role_policy(RoleName=role, PolicyArn=owned.user_policy("review"))
    own = {"NotebookInstanceName": "alpha-owned-review"}

    let_in = owned.session(role, "cris@example.com")("sagemaker")
    assert let_in.create_presigned_notebook_instance_url(**own)["AuthorizedUrl"]

    for name in ("dee@example.com", "not-cris@example.com", "cris@example.com.org"):
        sagemaker = owned.session(role, name)("sagemaker")
        assert "not authorized" in refused(sagemaker.create_presigned_notebook_instance_url, **own)


def test_from_outside_the_network_a_user_is_not_let_in_and_the_command_says_where_to_go(lent: ExampleStack) -> None:
    sagemaker = lent.user("bo", lent.user_policy("explore"))("sagemaker")
    with pytest.raises(UserError) as denied:
        create_notebook_url(
            deployment("alpha", LENT, notebooks=(EXPLORE,)),
            EXPLORE,
            sagemaker=sagemaker,
            session_minutes=60,
            start=False,
            report=lambda _status, _seconds: None,
            sleep=lambda _seconds: None,
        )
    assert "It opens only from the VPC of lent (open_from_vpc_only). Run this command on a machine in" in str(
        denied.value
    )
    assert "(AWS reported: User: arn:aws:iam::123456789012:user/bo is not authorized" in str(denied.value)


def test_the_notebooks_role_stops_its_own_notebooks_and_starts_its_own_pipeline_only(owned: ExampleStack) -> None:
    (inline,) = owned.stack.only("AWS::IAM::Role")["Policies"]
    role = owned.role("notebooks-of-alpha")
    owned.administrator()("iam").put_role_policy(
        RoleName=role, PolicyName="permissions", PolicyDocument=owned.document(inline["PolicyDocument"])
    )
    create(owned, "beta-owned-explore")
    sagemaker = owned.session(role, "SageMaker")("sagemaker")

    sagemaker.stop_notebook_instance(NotebookInstanceName="alpha-owned-explore")
    other = {"NotebookInstanceName": "beta-owned-explore"}
    assert "sagemaker:StopNotebookInstance" in refused(sagemaker.stop_notebook_instance, **other)
    assert "sagemaker:StartNotebookInstance" in refused(
        sagemaker.start_notebook_instance, NotebookInstanceName="alpha-owned-explore"
    )
    assert "sagemaker:StartPipelineExecution" in refused(
        sagemaker.start_pipeline_execution, PipelineName="beta-owned", ClientRequestToken="t" * 32
    )
    with pytest.raises(ClientError) as found:
        sagemaker.describe_pipeline(PipelineName="alpha-owned")
    # Allowed, and not there.
    assert "AccessDenied" not in str(found.value)
