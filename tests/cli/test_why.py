"""`mlproject why`: with a message of the embedded AWS and its deployed template, without AWS, and with bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from tests.cli.checkout import Checkout, clients, lay_out

pytestmark = pytest.mark.slow

REGION = "eu-south-2"
MESSAGE = (
    "User: arn:aws:sts::111111111111:assumed-role/tiny-dev-pipeline/SageMaker is not authorized to perform: {action} "
    "on resource: {resource} because no identity-based policy allows the {action} action"
)


def template(project: str, *statements: dict[str, Any]) -> str:
    """A stack with the role of a pipeline, which people of the account may assume here."""
    trust = {"Effect": "Allow", "Principal": {"AWS": aws.ACCOUNT}, "Action": "sts:AssumeRole"}
    locate = {"Sid": "LocateBuckets", "Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [locate, *statements]}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": f"{project}-local-pipeline",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "permissions", "PolicyDocument": policy}],
        },
    }
    return json.dumps({"Resources": {"Role7FEADFAB": role}})


def denied(server: aws.Server, project: str, bucket: str) -> str:
    """The message of the embedded AWS when the role lists a bucket."""
    client = clients(server, REGION)
    role = f"arn:aws:iam::{aws.ACCOUNT}:role/{project}-local-pipeline"
    given = client("sts").assume_role(RoleArn=role, RoleSessionName="SageMaker")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=REGION)
    with pytest.raises(ClientError) as caught:
        session.client("s3", endpoint_url=server.endpoint).list_objects_v2(Bucket=bucket)
    return str(caught.value)


def test_a_message_of_the_embedded_aws_is_explained_with_the_deployed_template(
    tmp_path: Path, embedded_aws: aws.Server
) -> None:
    checkout = lay_out(tmp_path, project="asked", server=embedded_aws)
    cloudformation = clients(embedded_aws, REGION)("cloudformation")
    deployed = {"StackName": "asked-local-pipeline", "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    quickly = {"StackName": "asked-local-pipeline", "WaiterConfig": {"Delay": 1, "MaxAttempts": 60}}
    cloudformation.create_stack(**deployed, TemplateBody=template("asked"))
    cloudformation.get_waiter("stack_create_complete").wait(**quickly)
    bucket = checkout.names().bucket("artifacts")
    clients(embedded_aws, REGION)("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    done = checkout.run("why", denied(embedded_aws, "asked", bucket))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Denied: s3:ListBucket on arn:aws:s3:::{bucket}" in done.stdout
    assert "Role: asked-local-pipeline, of asked in local (stack asked-local-pipeline, Role7FEADFAB)" in done.stdout

    allowed = {
        "Sid": "ListLibraries",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    condition = {"StringLike": {"s3:prefix": "libraries/*"}}
    cloudformation.update_stack(**deployed, TemplateBody=template("asked", {**allowed, "Condition": condition}))
    done = checkout.run("why", "--json", answer=denied(embedded_aws, "asked", bucket))
    (found,) = json.loads(done.stdout)["explanations"]
    assert (found["verdict"], found["evaluated"]) == (
        "granted under a condition",
        "the deployed stack asked-local-pipeline",
    )
    assert found["granted_by"] == [{"sid": "ListLibraries", "condition": condition}]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return lay_out(tmp_path_factory.mktemp("why"))


def test_without_aws_the_parameters_are_evaluated_and_the_command_says_so(checkout: Checkout) -> None:
    text = MESSAGE.format(action="s3:GetObject", resource="arn:aws:s3:::company-lake/raw/x.csv")
    done = checkout.run("why", "--offline", text)
    assert (done.returncode, done.stderr) == (
        0,
        "note: cdk.out has no template of the stack either; only the parameters are evaluated.\n",
    )
    assert "Key: existing_data.buckets in projects/tiny/project.yaml" in done.stdout
    assert '"Sid": "ReadExistingObjects"' in done.stdout


def test_what_the_message_lacks_can_be_added(checkout: Checkout) -> None:
    text = "An error occurred (403) when calling the HeadObject operation: Forbidden"
    done = checkout.run("why", "--offline", "--json", text)
    (found,) = json.loads(done.stdout)["explanations"]
    assert (found["verdict"], found["action"], found["resource"]) == ("incomplete", "s3:GetObject", None)
    assert "--role ROLE --resource RESOURCE" in found["remedy"]
    more = ("--role", "tiny-dev-pipeline", "--resource", "arn:aws:s3:::company-lake/raw/x.csv")
    (found,) = json.loads(checkout.run("why", "--offline", "--json", text, *more).stdout)["explanations"]
    assert (found["verdict"], found["key"]) == ("grantable", "existing_data.buckets")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("everything is fine", "the text contains no message about a denied request."),
        (MESSAGE.replace("tiny-dev-pipeline", "Admin"), "Admin: no project has a role of this name in dev."),
        (MESSAGE.replace("111111111111", "999999999999"), "account 999999999999 belongs to no environment"),
    ],
)
def test_bad_input_is_rejected_in_one_sentence(checkout: Checkout, text: str, sentence: str) -> None:
    done = checkout.run("why", text.format(action="s3:GetObject", resource="arn:aws:s3:::a/b"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
