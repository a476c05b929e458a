"""Several accounts in one embedded AWS: isolated from each other, except where both sides allow a request."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from embedded_aws.errors import EmbeddedAwsError
from tests.embedded_aws.iam.ground import REGION, Client, allow, clients, document, make_bucket, refusal, trust

OWNER, OTHER, UNKNOWN = "111111111111", "222222222222", "999999999999"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[aws.Server]:
    folder = tmp_path_factory.mktemp("accounts")
    aws.Accounts(folder).add([OWNER])
    started = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    aws.Accounts(folder).add([OTHER])  # while it runs
    yield started
    aws.stop(folder)


def account(server: aws.Server, account: str) -> Client:
    keys = server.administrator_of(account)
    return clients(server, keys.access_key_id, keys.secret_access_key)


@pytest.fixture(scope="module")
def owner(server: aws.Server) -> Client:
    return account(server, OWNER)


@pytest.fixture(scope="module")
def other(server: aws.Server) -> Client:
    return account(server, OTHER)


def assumed(server: aws.Server, client: Client, role_arn: str) -> Client:
    keys = client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
    return clients(server, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def role(client: Client, name: str, principal: str, *statements: object) -> str:
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": principal}))
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def test_each_account_has_an_administrator_with_keys_of_its_own(server: aws.Server) -> None:
    accounts = (aws.ACCOUNT, OWNER, OTHER)
    assert [account(server, each)("sts").get_caller_identity()["Arn"] for each in accounts] == [
        f"arn:aws:iam::{each}:user/administrator" for each in accounts
    ]
    assert len({server.administrator_of(each).secret_access_key for each in accounts}) == len(accounts)
    variables = server.environment(OTHER, "us-east-1")
    assert variables["AWS_ACCESS_KEY_ID"] == server.administrator_of(OTHER).access_key_id


def test_the_same_names_in_two_accounts_are_two_things(server: aws.Server, owner: Client, other: Client) -> None:
    for name, client in (("one", owner), ("two", other)):
        client("ssm").put_parameter(Name="/same", Value=name, Type="String")
        client("cloudformation").create_stack(
            StackName="same",
            TemplateBody=json.dumps(
                {"Resources": {"R": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": name}}}}
            ),
        )
        client("cloudformation").get_waiter("stack_create_complete").wait(StackName="same", WaiterConfig={"Delay": 0})
    assert owner("ssm").get_parameter(Name="/same")["Parameter"]["Value"] == "one"
    assert other("ssm").get_parameter(Name="/same")["Parameter"]["Value"] == "two"
    stacks = [each("cloudformation").describe_stacks()["Stacks"] for each in (owner, other)]
    assert [stack["StackId"].split(":")[4] for (stack,) in stacks] == [OWNER, OTHER]


def test_a_bucket_of_another_account_is_closed_until_both_sides_open_it(
    server: aws.Server, owner: Client, other: Client
) -> None:
    make_bucket(owner, "crossed-bucket")
    owner("s3").put_object(Bucket="crossed-bucket", Key="k", Body=b"content")

    def read(client: Client) -> bytes:
        return bytes(client("s3").get_object(Bucket="crossed-bucket", Key="k")["Body"].read())

    message = refusal(lambda: read(other)) or ""
    assert f"arn:aws:iam::{OTHER}:user/administrator is not authorized to perform: s3:GetObject" in message
    assert "because no resource-based policy allows the s3:GetObject action" in message
    assert "no resource-based policy" in (refusal(lambda: other("s3").delete_bucket(Bucket="crossed-bucket")) or "")
    with pytest.raises(ClientError, match="BucketAlreadyExists"):
        make_bucket(other, "crossed-bucket")

    statement = {
        **allow("s3:GetObject", "arn:aws:s3:::crossed-bucket/*"),
        "Principal": {"AWS": root(OTHER)},
        "Condition": {"StringEquals": {"aws:ResourceAccount": OWNER, "aws:PrincipalAccount": OTHER}},
    }
    owner("s3").put_bucket_policy(Bucket="crossed-bucket", Policy=document(statement))
    assert read(other) == b"content"
    bare = assumed(server, other, role(other, "bare", root(OTHER)))
    assert "because no identity-based policy allows the s3:GetObject action" in (refusal(lambda: read(bare)) or "")
    reader = role(other, "reader", root(OTHER), allow("s3:GetObject", "arn:aws:s3:::crossed-bucket/*"))
    assert read(assumed(server, other, reader)) == b"content"


def test_an_upload_into_another_accounts_bucket_uses_the_owners_key(
    server: aws.Server, owner: Client, other: Client
) -> None:
    own = {"Effect": "Allow", "Principal": {"AWS": root(OWNER)}, "Action": "kms:*", "Resource": "*"}
    key = owner("kms").create_key(Policy=document(own))["KeyMetadata"]["Arn"]
    bucket = make_bucket(owner, "crossed-upload")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    owner("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    statement = {**allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"), "Principal": {"AWS": root(OTHER)}}
    owner("s3").put_bucket_policy(Bucket=bucket, Policy=document(statement))

    def upload() -> None:
        other("s3").put_object(Bucket=bucket, Key="k", Body=b"x")

    assert "kms:GenerateDataKey" in (refusal(upload) or "")
    lent = {**own, "Principal": {"AWS": root(OTHER)}, "Action": ["kms:GenerateDataKey"]}
    owner("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=document(own, lent))
    upload()
    assert owner("s3").head_object(Bucket=bucket, Key="k")["SSEKMSKeyId"] == key
    assert "kms:Encrypt" in (refusal(lambda: other("kms").encrypt(KeyId=key, Plaintext=b"x")) or "")


def test_a_topic_of_another_account_takes_what_its_policy_lets_in(owner: Client, other: Client) -> None:
    topic = owner("sns").create_topic(Name="crossed")["TopicArn"]

    def publish() -> None:
        other("sns").publish(TopicArn=topic, Message="m")

    assert "because no resource-based policy allows the sns:Publish action" in (refusal(publish) or "")
    statement = {**allow("sns:Publish", topic), "Principal": {"AWS": OTHER}}
    owner("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document(statement))
    publish()


def test_a_model_package_of_another_account_is_read_if_its_groups_policy_and_the_caller_allow_it(
    server: aws.Server, owner: Client, other: Client
) -> None:
    sagemaker = owner("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="crossed-models")
    arn = sagemaker.create_model_package(ModelPackageGroupName="crossed-models")["ModelPackageArn"]
    reader = assumed(
        server, other, role(other, "model-reader", root(OTHER), allow("sagemaker:DescribeModelPackage", arn))
    )

    def read(client: Client) -> int:
        return int(client("sagemaker").describe_model_package(ModelPackageName=arn)["ModelPackageVersion"])

    assert "because no resource-based policy allows the sagemaker:DescribeModelPackage action" in (
        refusal(lambda: read(reader)) or ""
    )
    own_role = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/model-reader"}}
    statement = {
        **allow("sagemaker:DescribeModelPackage", arn.replace("/1", "/*"), own_role),
        "Principal": {"AWS": root(OTHER)},
    }
    sagemaker.put_model_package_group_policy(ModelPackageGroupName="crossed-models", ResourcePolicy=document(statement))
    assert read(reader) == 1
    assert "no resource-based policy" in (refusal(lambda: read(other)) or "")
    bare = assumed(server, other, role(other, "no-model-reader", root(OTHER)))
    assert "is not authorized" in (refusal(lambda: read(bare)) or "")


def test_a_role_is_assumed_across_accounts_only_if_its_trust_and_the_caller_allow_it(
    server: aws.Server, owner: Client, other: Client
) -> None:
    trusting = role(owner, "deployer", root(OTHER), allow("s3:ListAllMyBuckets", "*"))
    session = assumed(server, other, trusting)
    assert session("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{OWNER}:assumed-role/deployer/test"
    make_bucket(owner, "deployers-own")
    assert "deployers-own" in [each["Name"] for each in session("s3").list_buckets()["Buckets"]]

    closed = role(owner, "closed", root(OWNER))
    assert "because no resource-based policy allows the sts:AssumeRole action" in (
        refusal(lambda: assumed(server, other, closed)) or ""
    )
    bare = assumed(server, other, role(other, "assumes-nothing", root(OTHER)))
    assert "because no identity-based policy allows the sts:AssumeRole action" in (
        refusal(lambda: assumed(server, bare, trusting)) or ""
    )


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        (f"arn:aws:iam::{OWNER}:role/none", f"the role arn:aws:iam::{OWNER}:role/none does not exist"),
        (f"arn:aws:iam::{OTHER}:role/none", f"the role arn:aws:iam::{OTHER}:role/none does not exist"),
        (
            f"arn:aws:iam::{UNKNOWN}:role/r",
            f"account {UNKNOWN} does not exist in the embedded AWS, which has {aws.ACCOUNT}, {OWNER}, {OTHER}",
        ),
    ],
)
def test_a_role_or_an_account_that_does_not_exist_is_refused_by_name(
    server: aws.Server, other: Client, arn: str, reason: str
) -> None:
    assert reason in (refusal(lambda: assumed(server, other, arn)) or "")


def test_an_unknown_account_is_refused_in_every_arn(other: Client) -> None:
    topic = f"arn:aws:sns:{REGION}:{UNKNOWN}:t"
    message = refusal(lambda: other("sns").publish(TopicArn=topic, Message="m")) or ""
    assert f"account {UNKNOWN} does not exist in the embedded AWS" in message


def test_credentials_of_an_account_that_was_not_added_are_refused(server: aws.Server) -> None:
    with pytest.raises(EmbeddedAwsError, match=f"does not have account {UNKNOWN}; it has {aws.ACCOUNT}, {OWNER}"):
        server.environment(UNKNOWN, REGION)


@pytest.mark.parametrize("wrong", ["1111", "11111111111a", "", "1111111111111"])
def test_an_account_id_that_is_not_one_is_refused_and_nothing_is_added(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(EmbeddedAwsError, match="use twelve digits"):
        aws.Accounts(tmp_path).add([OWNER, wrong])
    assert aws.Accounts(tmp_path).ids() == (aws.ACCOUNT,)


def test_accounts_that_processes_add_at_the_same_time_are_all_there(tmp_path: Path) -> None:
    script = "import sys, pathlib, embedded_aws as aws; aws.Accounts(pathlib.Path(sys.argv[1])).add(sys.argv[2:])"
    ids = [f"{number:012}" for number in range(8)]
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), account, OWNER])  # each also adds a common one
        for account in ids
    ]
    assert [process.wait() for process in processes] == [0] * len(ids)
    assert aws.Accounts(tmp_path).ids() == (aws.ACCOUNT, *ids, OWNER)
