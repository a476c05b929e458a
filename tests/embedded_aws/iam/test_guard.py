"""The guard over HTTP: who is let in, what is refused by name, and what can be asked of it."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from contextlib import closing
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

import embedded_aws as aws
from tests.embedded_aws.iam.ground import (
    REGION,
    SAGEMAKER,
    Client,
    administrator,
    allow,
    clients,
    deny,
    document,
    internal,
    make_bucket,
    make_role,
    refusal,
    session,
    trust,
)

ACCOUNT = aws.ACCOUNT


@pytest.fixture(scope="session")
def client(embedded_aws: aws.Server) -> Client:
    return administrator(embedded_aws)


def refused(call: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call()
    told = error.value.response["Error"]
    return told["Code"], told["Message"]


def unsigned(server: aws.Server, method: str, path: str) -> tuple[int, bytes]:
    request = urllib.request.Request(f"{server.endpoint}{path}", method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("s3", "list_buckets", "SignatureDoesNotMatch"),
        ("iam", "list_roles", "SignatureDoesNotMatch"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("sagemaker", "list_models", "InvalidSignatureException"),
        ("scheduler", "list_schedules", "InvalidSignatureException"),
    ],
)
def test_a_wrong_secret_is_refused_in_the_services_words(
    embedded_aws: aws.Server, service: str, call: str, code: str
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html"""
    other = clients(embedded_aws, embedded_aws.administrator.access_key_id, "x" * 40)
    told, message = refused(getattr(other(service), call))
    assert told == code
    assert "does not match the signature you provided" in message


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("kms", "list_keys", "UnrecognizedClientException"),
    ],
)
def test_a_key_that_nobody_has_is_refused(embedded_aws: aws.Server, service: str, call: str, code: str) -> None:
    told, message = refused(getattr(clients(embedded_aws, "AKIAIOSFODNN7EXAMPLE", "x")(service), call))
    assert told == code
    assert "`local env`" in message


def test_a_session_needs_its_own_token(embedded_aws: aws.Server, client: Client) -> None:
    role = make_role(client, "guard-token")
    request = {"role_arn": role, "service": SAGEMAKER, "region": REGION}
    given = internal(embedded_aws, "POST", "service-credentials", request)[1]
    for token in (None, "another"):
        other = clients(embedded_aws, given["AccessKeyId"], given["SecretAccessKey"], token)
        assert refused(other("sts").get_caller_identity)[0] == "InvalidClientTokenId"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/guard-bucket/key"),
        ("POST", "/moto-api/reset"),
        ("POST", "/moto-api/reset-auth"),
        ("GET", "/moto-api/data.json"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("GET", "/_embedded/refusals"),
        ("GET", "/_embedded/moto-additions"),
        ("POST", "/_embedded/service-credentials"),
        ("POST", "/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15"),
    ],
)
def test_nobody_comes_in_without_a_signature(embedded_aws: aws.Server, method: str, path: str) -> None:
    status, body = unsigned(embedded_aws, method, path)
    assert status == 403
    assert b"Missing" in body or b"missing" in body


def test_only_the_administrator_makes_what_are_no_calls_of_aws(embedded_aws: aws.Server, client: Client) -> None:
    role = make_role(client, "guard-everything", allow("*", "*"))
    given = internal(
        embedded_aws, "POST", "service-credentials", {"role_arn": role, "service": SAGEMAKER, "region": REGION}
    )[1]
    keys = aws.Administrator(access_key_id=given["AccessKeyId"], secret_access_key=given["SecretAccessKey"])
    for path in ("/moto-api/reset", "/_embedded/refusals"):
        url = f"{embedded_aws.endpoint}{path}"
        headers = {**aws.signed(keys, "GET", url), "X-Amz-Security-Token": given["SessionToken"]}
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(urllib.request.Request(url, headers=headers))  # noqa: S310
        with error.value as answer:
            assert answer.code == 403
            assert b"only an administrator may" in answer.read()


def test_a_presigned_url_is_its_signers_call(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html"""
    make_bucket(client, "guard-presigned")
    for key in ("mine/a b+c", "theirs"):
        client("s3").put_object(Bucket="guard-presigned", Key=key, Body=b"1")
    role = make_role(client, "guard-presigner", allow("s3:GetObject", "arn:aws:s3:::guard-presigned/mine/*"))
    s3 = session(embedded_aws, role).client("s3")

    def presigned(key: str) -> str:
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "guard-presigned", "Key": key})
        return str(url).removeprefix(embedded_aws.endpoint)

    assert unsigned(embedded_aws, "GET", presigned("mine/a b+c")) == (200, b"1")
    status, body = unsigned(embedded_aws, "GET", presigned("theirs"))
    assert status == 403
    assert b"s3:GetObject on resource: arn:aws:s3:::guard-presigned/theirs" in body
    assert b"does not match the signature" in unsigned(embedded_aws, "GET", presigned("mine/x").replace("x?", "y?"))[1]


def test_a_bucket_in_the_hosts_name_is_that_bucket(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"""
    for bucket in ("guard-host", "guard-host-2"):
        make_bucket(client, bucket)
    role = make_role(client, "guard-host", allow("s3:ListBucket", "arn:aws:s3:::guard-host"))
    request = {"role_arn": role, "service": SAGEMAKER, "region": REGION}
    given = internal(embedded_aws, "POST", "service-credentials", request)[1]
    keys = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def list_objects(bucket: str) -> tuple[int, bytes]:
        host = f"{bucket}.localhost:{embedded_aws.port}"
        signed = AWSRequest(method="GET", url=f"http://{host}/?list-type=2")
        S3SigV4Auth(keys, "s3", REGION).add_auth(signed)
        with closing(http.client.HTTPConnection("localhost", embedded_aws.port)) as connection:
            connection.request("GET", "/?list-type=2", headers={**signed.headers, "Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read()

    status, body = list_objects("guard-host")
    assert (status, b"<Name>guard-host</Name>" in body) == (200, True), body
    status, body = list_objects("guard-host-2")
    assert status == 403
    assert b"s3:ListBucket on resource: arn:aws:s3:::guard-host-2" in body


def test_uploads_and_downloads_of_every_kind_pass_with_the_bucket_s_own_key(
    embedded_aws: aws.Server, client: Client
) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions"""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    make_bucket(client, "guard-uploads")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    client("s3").put_bucket_encryption(Bucket="guard-uploads", ServerSideEncryptionConfiguration={"Rules": [rule]})
    context = {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::guard-uploads"}}
    objects = allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::guard-uploads/*")
    whole = make_role(
        client,
        "guard-uploader",
        objects,
        allow(["kms:GenerateDataKey", "kms:Decrypt"], key, {**context, "StringLike": {"kms:ViaService": "s3.*"}}),
    )
    s3 = session(embedded_aws, whole).client("s3")
    body = b"x" * (9 * 1024 * 1024)
    s3.put_object(Bucket="guard-uploads", Key="a b+c/n~.txt", Body=b"1")
    upload = s3.create_multipart_upload(Bucket="guard-uploads", Key="parts")["UploadId"]
    part = s3.upload_part(Bucket="guard-uploads", Key="parts", UploadId=upload, PartNumber=1, Body=body)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket="guard-uploads", Key="parts", UploadId=upload, MultipartUpload=parts)
    assert s3.get_object(Bucket="guard-uploads", Key="parts")["Body"].read() == body
    assert s3.head_object(Bucket="guard-uploads", Key="parts")["ContentLength"] == len(body)


@pytest.mark.parametrize("missing", ["kms:Decrypt", "kms:GenerateDataKey"])
def test_one_permission_on_the_key_of_a_bucket_taken_away_is_named(
    embedded_aws: aws.Server, client: Client, missing: str
) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"""
    name = f"guard-no-{missing[4:].lower()}"
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    make_bucket(client, name)
    client("s3").put_object(Bucket=name, Key="a", Body=b"1", **encrypted)
    (kept,) = {"kms:Decrypt", "kms:GenerateDataKey"} - {missing}
    via = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    grants = (allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{name}/*"), allow(kept, key, via))
    s3 = session(embedded_aws, make_role(client, name, *grants)).client("s3")
    told = {
        "kms:GenerateDataKey": refusal(lambda: s3.put_object(Bucket=name, Key="b", Body=b"1", **encrypted)),
        "kms:Decrypt": refusal(lambda: s3.get_object(Bucket=name, Key="a")),
    }
    assert f"not authorized to perform: {missing} on resource: {key}" in (told.pop(missing) or "")
    assert list(told.values()) == [None]


def test_a_secret_of_another_project_and_its_key_stay_closed(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    arns = {
        name: client("secretsmanager").create_secret(Name=f"guard/{name}", SecretString="x", KmsKeyId=key)["ARN"]
        for name in ("mine", "theirs")
    }
    read = allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:guard/mine-??????")
    reader = session(embedded_aws, make_role(client, "guard-reader", read, allow("kms:Decrypt", key))).client
    assert reader("secretsmanager").get_secret_value(SecretId=arns["mine"])["SecretString"] == "x"
    assert reader("secretsmanager").get_secret_value(SecretId="guard/mine")["SecretString"] == "x"
    told = refusal(lambda: reader("secretsmanager").get_secret_value(SecretId="guard/theirs"))
    assert f"secretsmanager:GetSecretValue on resource: {arns['theirs']}" in (told or "")
    keyless = session(embedded_aws, make_role(client, "guard-keyless", read)).client
    told = refusal(lambda: keyless("secretsmanager").get_secret_value(SecretId="guard/mine"))
    assert f"kms:Decrypt on resource: {key}" in (told or "")


def test_a_secure_parameter_needs_its_key(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    for name in ("secure", "plain"):
        kind = {"Type": "SecureString", "KeyId": key} if name == "secure" else {"Type": "String"}
        client("ssm").put_parameter(Name=f"/guard/{name}", Value="x", **kind)
    read = allow("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/guard/*")
    ssm = session(embedded_aws, make_role(client, "guard-keyless-parameters", read)).client("ssm")
    assert ssm.get_parameter(Name="/guard/plain", WithDecryption=True)["Parameter"]["Value"] == "x"
    assert refusal(lambda: ssm.get_parameter(Name="/guard/secure")) is None
    told = refusal(lambda: ssm.get_parameter(Name="/guard/secure", WithDecryption=True))
    assert f"kms:Decrypt on resource: {key}" in (told or "")


def test_the_result_of_a_query_belongs_to_the_workgroup_that_it_ran_in(
    embedded_aws: aws.Server, client: Client
) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/workgroups-iam-policy.html"""
    queries = {}
    for group in ("guard-mine", "guard-theirs"):
        client("athena").create_work_group(Name=group)
        started = client("athena").start_query_execution(QueryString="SELECT 1", WorkGroup=group)
        queries[group] = started["QueryExecutionId"]
    mine = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/guard-mine"
    athena = session(embedded_aws, make_role(client, "guard-queries", allow("athena:*", mine))).client("athena")
    assert athena.get_query_execution(QueryExecutionId=queries["guard-mine"])["QueryExecution"]
    assert athena.get_work_group(WorkGroup="guard-mine")["WorkGroup"]
    told = refusal(lambda: athena.get_query_results(QueryExecutionId=queries["guard-theirs"]))
    assert f"athena:GetQueryResults on resource: arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/guard-theirs" in (
        told or ""
    )


def test_a_topic_s_policy_lets_in_and_keeps_out(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html"""
    topic = client("sns").create_topic(Name="guard-topic")["TopicArn"]
    role = make_role(client, "guard-publisher")
    publisher = session(embedded_aws, role).client("sns")
    told = refusal(lambda: publisher.publish(TopicArn=topic, Message="x"))
    assert f"AuthorizationError: User: arn:aws:sts::{ACCOUNT}:assumed-role/guard-publisher/sagemaker" in (told or "")
    named = {**allow("sns:Publish", topic), "Principal": {"AWS": role}}
    client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document(named))
    assert refusal(lambda: publisher.publish(TopicArn=topic, Message="x")) is None


def test_a_session_policy_and_an_external_id_count(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session"""
    user = client("iam").create_user(UserName="guard-person")["User"]["Arn"]
    keys = client("iam").create_access_key(UserName="guard-person")["AccessKey"]
    trusted = trust({"AWS": user}, Condition={"StringEquals": {"sts:ExternalId": "42"}})
    role = client("iam").create_role(RoleName="guard-external", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    client("iam").put_role_policy(
        RoleName="guard-external", PolicyName="x", PolicyDocument=document(allow("iam:*", "*"))
    )
    sts = clients(embedded_aws, keys["AccessKeyId"], keys["SecretAccessKey"])("sts")
    asked = {"RoleArn": role, "RoleSessionName": "person"}
    assert f"sts:AssumeRole on resource: {role}" in (refusal(lambda: sts.assume_role(**asked)) or "")
    only = document(allow("iam:ListRoles", "*"))
    given = sts.assume_role(**asked, ExternalId="42", Policy=only)["Credentials"]
    iam = clients(embedded_aws, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])("iam")
    assert iam.list_roles()["Roles"]
    assert "because no session policy allows the iam:ListUsers action" in (refusal(iam.list_users) or "")


def test_tags_of_requests_and_resources_are_conditions(embedded_aws: aws.Server, client: Client) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html"""
    key, value = "for-use-with-amazon-emr-managed-policies", "true"
    here = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
    asked_for = {"StringEquals": {f"aws:RequestTag/{key}": value}}
    has = {"StringEquals": {f"aws:ResourceTag/{key}": value}}
    role = make_role(
        client,
        "guard-tags",
        allow("ec2:CreateSecurityGroup", f"{here}:security-group/*", asked_for),
        allow("ec2:CreateSecurityGroup", f"{here}:vpc/*", has),
        allow("ec2:CreateTags", "*", {"StringEquals": {"ec2:CreateAction": "CreateSecurityGroup"}}),
    )
    ec2 = session(embedded_aws, role).client("ec2")
    tags = [{"Key": key, "Value": value}]
    plain, tagged = (client("ec2").create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
    client("ec2").create_tags(Resources=[tagged], Tags=tags)

    def create(vpc: str, **options: Any) -> str | None:
        return refusal(lambda: ec2.create_security_group(GroupName=f"g-{vpc}", Description="x", VpcId=vpc, **options))

    asked = {"TagSpecifications": [{"ResourceType": "security-group", "Tags": tags}]}
    assert f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{plain}" in (create(plain, **asked) or "")
    assert "security-group/*" in (create(tagged) or "")
    assert create(tagged, **asked) is None
    untagging = make_role(client, "guard-no-tags", allow("ec2:CreateSecurityGroup", "*"))
    group = {"GroupName": "g", "Description": "x", "VpcId": tagged}
    create_group = session(embedded_aws, untagging).client("ec2").create_security_group
    told = refusal(lambda: create_group(**group, **asked))
    assert f"ec2:CreateTags on resource: {here}:security-group/*" in (told or "")
    told = refusal(lambda: ec2.create_tags(Resources=[tagged], Tags=tags))
    assert f"ec2:CreateTags on resource: arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{tagged}" in (told or "")


def test_applications_are_told_apart_by_their_tags_and_tagged_with_a_permission_of_its_own(
    embedded_aws: aws.Server, client: Client
) -> None:
    """https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security-iam-TBAC.html"""
    applications = f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/*"
    of_dev = {"StringEquals": {"aws:ResourceTag/environment": "dev"}}
    role = make_role(
        client,
        "guard-applications",
        allow("emr-serverless:CreateApplication", "*"),
        allow(["emr-serverless:GetApplication", "emr-serverless:StopApplication"], applications, of_dev),
    )
    own = session(embedded_aws, role).client("emr-serverless")

    def create(name: str, by: Any, **options: Any) -> str:
        return str(
            by.create_application(name=name, type="SPARK", releaseLabel="emr-7.13.0", clientToken=name, **options)[
                "applicationId"
            ]
        )

    everyone = client("emr-serverless")
    ours, theirs = (create(f"guard-{tag}", everyone, tags={"environment": tag}) for tag in ("dev", "pre"))
    assert own.get_application(applicationId=ours)["application"]["tags"] == {"environment": "dev"}
    assert refusal(lambda: own.stop_application(applicationId=ours)) is None
    told = refusal(lambda: own.stop_application(applicationId=theirs)) or ""
    assert f"emr-serverless:StopApplication on resource: {applications.removesuffix('*')}{theirs}" in told
    told = refusal(lambda: create("guard-tagged", own, tags={"environment": "dev"})) or ""
    assert f"emr-serverless:TagResource on resource: {applications}" in told
    assert refusal(lambda: create("guard-untagged", own)) is None


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (allow("sagemaker:ListModels", "*", {"StringEquals": {"aws:Unheard": "x"}}), "condition key aws:Unheard"),
        (deny("sagemaker:ListModels", "*", {"StringNotEquals": {"aws:Unheard": "x"}}), "condition key aws:Unheard"),
    ],
)
def test_what_is_unknown_is_refused_by_name(
    embedded_aws: aws.Server, client: Client, statement: Any, says: str
) -> None:
    name = f"guard-unknown-{abs(hash(says + statement['Effect'])) % 10**8}"
    role = make_role(client, name, statement, *([allow("*", "*")] if statement["Effect"] == "Deny" else []))
    told = refusal(session(embedded_aws, role).client("sagemaker").list_models) or ""
    assert "because it cannot be decided: " in told
    assert says in told


def test_an_operator_that_nobody_knows_is_refused_by_name(embedded_aws: aws.Server, client: Client) -> None:
    make_bucket(client, "guard-operator")
    statement = {**allow("s3:*", "*", {"StringResembles": {"aws:SourceIp": "x"}}), "Principal": "*"}
    client("s3").put_bucket_policy(Bucket="guard-operator", Policy=document(statement))
    told = refusal(lambda: client("s3").list_objects_v2(Bucket="guard-operator")) or ""
    assert "because it cannot be decided: the embedded AWS does not know the condition operator StringResembles" in told


def test_an_action_and_a_role_that_nobody_knows_are_refused_by_name(embedded_aws: aws.Server, client: Client) -> None:
    told = refusal(
        lambda: client("glue").get_unfiltered_table_metadata(
            CatalogId="1", DatabaseName="d", Name="t", SupportedPermissionTypes=["COLUMN_PERMISSION"]
        )
    )
    assert "does not know which action of IAM glue:GetUnfilteredTableMetadata is" in (told or "")
    role = f"arn:aws:iam::{ACCOUNT}:role/x"
    told = refusal(lambda: client("glue").create_dev_endpoint(EndpointName="e", RoleArn=role))
    assert "does not know to which service glue:CreateDevEndpoint passes the role in RoleArn" in (told or "")


def test_the_header_with_which_moto_changes_accounts_changes_nothing(embedded_aws: aws.Server, client: Client) -> None:
    role = make_role(client, "guard-header")
    iam = client("iam")
    iam.meta.events.register_first("before-call.iam.GetRole", _as_another_account)
    assert iam.get_role(RoleName="guard-header")["Role"]["Arn"] == role


def _as_another_account(params: Any, **_: Any) -> None:
    params["headers"]["x-moto-account-id"] = "999999999999"


def test_a_recording_session_is_let_through_and_every_refusal_is_kept(embedded_aws: aws.Server, client: Client) -> None:
    make_bucket(client, "guard-recorded")
    role = make_role(client, "guard-recorder", allow("sagemaker:ListModels", "*"))
    recording = session(embedded_aws, role, mode="record")
    recording.client("sagemaker").list_models()
    recording.client("s3").put_object(Bucket="guard-recorded", Key="a", Body=b"1")
    recording.client("s3").head_object(Bucket="guard-recorded", Key="a")
    recording.client("s3").delete_objects(Bucket="guard-recorded", Delete={"Objects": [{"Key": "a"}]})
    recording.client("glue").create_dev_endpoint(EndpointName="e", RoleArn=role)
    code, refusals = internal(embedded_aws, "GET", f"refusals?session={recording.key}")
    assert code == 200
    assert [(each["action"], each["resource"], each["enforced"]) for each in refusals] == [
        ("s3:PutObject", "arn:aws:s3:::guard-recorded/a", False),
        ("s3:GetObject", "arn:aws:s3:::guard-recorded/a", False),
        ("s3:DeleteObject", "arn:aws:s3:::guard-recorded/a", False),
        ("glue:CreateDevEndpoint", "*", False),
    ]
    assert "does not know to which service glue:CreateDevEndpoint passes the role" in refusals[-1]["reason"]
    assert refusals[0]["message"] == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/guard-recorder/sagemaker is not authorized to perform: "
        "s3:PutObject on resource: arn:aws:s3:::guard-recorded/a because no identity-based policy allows the "
        "s3:PutObject action"
    )
    assert "Contents" not in client("s3").list_objects_v2(Bucket="guard-recorded")


def test_what_stopped_a_session_is_kept_under_its_key(embedded_aws: aws.Server, client: Client) -> None:
    make_bucket(client, "guard-silent")
    role = make_role(client, "guard-silent")
    one, other = session(embedded_aws, role), session(embedded_aws, role)
    assert refusal(lambda: one.client("s3").head_object(Bucket="guard-silent", Key="a")) == "403: Forbidden"
    (kept,) = internal(embedded_aws, "GET", f"refusals?session={one.key}")[1]
    assert (kept["action"], kept["enforced"]) == ("s3:GetObject", True)
    assert internal(embedded_aws, "GET", f"refusals?session={other.key}") == (200, [])


def test_the_administrator_is_there_again_after_everything_was_forgotten(tmp_path: Any) -> None:
    server = aws.start(tmp_path / "server", lifetime=aws.Lifetime.OF_STARTER)
    client = administrator(server)
    make_bucket(client, "forgotten")
    url = f"{server.endpoint}/moto-api/reset"
    headers = aws.signed(server.administrator, "POST", url)
    urllib.request.urlopen(urllib.request.Request(url, headers=headers, method="POST")).close()  # noqa: S310
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/administrator"
    aws.stop(tmp_path / "server")


def test_nobody_but_its_owner_can_read_the_administrators_keys(embedded_aws: aws.Server) -> None:
    file = embedded_aws.folder / "administrator.json"
    assert file.stat().st_mode & 0o077 == 0
    secret = json.loads(file.read_text())["secret_access_key"]
    assert secret not in embedded_aws.log.read_text()
    assert secret not in repr(embedded_aws)
