"""The calls of a role with small permissions, over HTTP, each with AWS's page on reason it is allowed or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import embedded_aws as aws
from tests.embedded_aws.iam.ground import (
    REGION,
    Client,
    administrator,
    allow,
    deny,
    document,
    make_bucket,
    make_role,
    refusal,
    session,
)

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
LOGIC = f"{GUIDE}/reference_policies_evaluation-logic_policy-eval-denyallow.html"
S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"
S3_API = "https://docs.aws.amazon.com/AmazonS3/latest/API"
KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
SSE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
SAGEMAKER = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html"
ACCOUNT = "123456789012"
ROLE = "matrix-pipeline"
ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
MODELS = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What is there, and who tries.

    Args:
        role: clients with the role's credentials.
        keys: the ARNs of the keys `own`, `closed` (to all but the administrator) and `open` (it names the role).
        secrets: what was encrypted with `own` and with `open`.
    """

    role: Client
    keys: dict[str, str]
    secrets: dict[str, bytes]

    def put(self, key: str, **options: Any) -> Any:
        return self.role("s3").put_object(Bucket="matrix-data", Key=key, Body=b"1", **options)

    def get(self, key: str, bucket: str = "matrix-data") -> Any:
        return self.role("s3").get_object(Bucket=bucket, Key=key)["Body"].read()

    def list(self, **options: Any) -> Any:
        return self.role("s3").list_objects_v2(Bucket="matrix-data", **options)

    def copy(self, source: str, key: str) -> Any:
        return self.role("s3").copy_object(
            Bucket="matrix-data", Key=key, CopySource=f"matrix-data/{source}", ServerSideEncryption="aws:kms"
        )

    def register(self, group: str) -> Any:
        container = {"Image": "1.dkr.ecr.eu-west-1.amazonaws.com/x:1"}
        return self.role("sagemaker").create_model_package(
            ModelPackageGroupName=group,
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )

    def process(self, name: str, role: str) -> Any:
        cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        return self.role("sagemaker").create_processing_job(
            ProcessingJobName=name,
            RoleArn=role,
            AppSpecification={"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/x:1"},
            ProcessingResources={"ClusterConfig": cluster},
        )


@pytest.fixture(scope="session")
def ground(embedded_aws: aws.Server) -> Iterator[Ground]:
    client = administrator(embedded_aws)
    kms, iam, s3 = client("kms"), client("iam"), client("s3")
    boundary = document(
        allow(["s3:*", "kms:*", "sagemaker:*", "iam:PassRole", "sts:*"], "*"), deny("s3:DeleteObject", "*")
    )
    limit = iam.create_policy(PolicyName="matrix-boundary", PolicyDocument=boundary)["Policy"]["Arn"]
    keys = {"own": kms.create_key()["KeyMetadata"]["Arn"]}
    make_role(
        client,
        ROLE,
        allow(
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            [f"arn:aws:s3:::matrix-data/{prefix}" for prefix in ("raw/*", "a.b/*", "v?/x")],
        ),
        deny("s3:GetObject", "arn:aws:s3:::matrix-data/raw/secret/*"),
        allow("s3:GetObject", "arn:aws:s3:::matrix-shared/denied/*"),
        allow("s3:ListBucket", "arn:aws:s3:::matrix-data", {"StringLike": {"s3:prefix": ["raw/*", "raw"]}}),
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [keys["own"], f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"]),
        allow("sagemaker:CreateModelPackage", [f"{MODELS}-group/matrix", f"{MODELS}/matrix/*"]),
        allow("sagemaker:List*", "*"),
        allow("SageMaker:describemodelpackagegroup", "*"),
        allow(["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"], "*"),
        allow("iam:PassRole", ARN, {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}),
        allow(["ssm:GetParameter", "logs:DescribeLogGroups"], "*"),
        PermissionsBoundary=limit,
    )
    principals = {"closed": f"arn:aws:iam::{ACCOUNT}:user/administrator", "open": ARN}
    for name, principal in principals.items():
        statements = [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}]
        if name == "open":
            root = f"arn:aws:iam::{ACCOUNT}:root"
            statements.append({"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"})
        keys[name] = kms.create_key(Policy=document(*statements))["KeyMetadata"]["Arn"]
    for bucket in ("data", "other", "shared"):
        make_bucket(client, f"matrix-{bucket}")
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": keys["own"]}
    for key in ("raw/a", "raw/secret/a", "other/a", "aXb/k", "v1/x", "raw/deleted"):
        s3.put_object(Bucket="matrix-data", Key=key, Body=b"1", **encrypted)
    s3.put_object(Bucket="matrix-other", Key="raw/a", Body=b"1")
    for key in ("granted/a", "denied/a"):
        s3.put_object(Bucket="matrix-shared", Key=key, Body=b"1")
    _policies(s3)
    client("sagemaker").create_model_package_group(ModelPackageGroupName="matrix")
    client("sagemaker").create_model_package_group(ModelPackageGroupName="matrix-2")
    client("ssm").put_parameter(Name="/matrix", Value="1", Type="String")
    secrets = {name: kms.encrypt(KeyId=keys[name], Plaintext=b"x")["CiphertextBlob"] for name in ("own", "open")}
    yield Ground(role=session(embedded_aws, ARN).client, keys=keys, secrets=secrets)


def _policies(s3: Any) -> None:
    everybody, role = {"Principal": "*"}, {"Principal": {"AWS": ARN}}
    objects = "arn:aws:s3:::matrix-data/*"
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    other = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    s3.put_bucket_policy(
        Bucket="matrix-data",
        Policy=document(
            {**deny("s3:*", ["arn:aws:s3:::matrix-data", objects], plain), **everybody},
            {**deny("s3:PutObject", objects, other), **everybody},
        ),
    )
    s3.put_bucket_policy(
        Bucket="matrix-shared",
        Policy=document(
            {**allow("s3:GetObject", "arn:aws:s3:::matrix-shared/granted/*"), **role},
            {**deny("s3:GetObject", "arn:aws:s3:::matrix-shared/denied/*"), **role},
        ),
    )


Try = Callable[[Ground], Any]
KMS_PUT = {"ServerSideEncryption": "aws:kms"}
# What is tried, the call, AWS's words of the refusal (none: allowed), the page.
CASES: list[tuple[str, Try, str, str]] = [
    ("get an allowed object", lambda g: g.get("raw/a"), "", S3),
    ("put with aws:kms", lambda g: g.put("raw/b", **KMS_PUT), "", S3),
    (
        "put without the encryption that the bucket's policy asks for",
        lambda g: g.put("raw/b"),
        "s3:PutObject on resource: arn:aws:s3:::matrix-data/raw/b with an explicit deny in a resource-based policy",
        LOGIC,
    ),
    (
        "get below another prefix",
        lambda g: g.get("other/a"),
        "s3:GetObject on resource: arn:aws:s3:::matrix-data/other/a because no identity-based policy",
        S3,
    ),
    (
        "get what the role's Deny names",
        lambda g: g.get("raw/secret/a"),
        "with an explicit deny in an identity-based policy",
        LOGIC,
    ),
    (
        "get from another project's bucket",
        lambda g: g.get("raw/a", "matrix-other"),
        "s3:GetObject on resource: arn:aws:s3:::matrix-other/raw/a",
        S3,
    ),
    (
        "a point in a pattern is a point",
        lambda g: g.get("aXb/k"),
        "because no identity-based policy",
        f"{GUIDE}/reference_policies_elements_resource.html",
    ),
    ("a question mark in a pattern", lambda g: g.get("v1/x"), "", f"{GUIDE}/reference_policies_elements_resource.html"),
    ("list with an allowed prefix", lambda g: g.list(Prefix="raw/"), "", S3),
    ("list without a prefix", lambda g: g.list(), "s3:ListBucket on resource: arn:aws:s3:::matrix-data because", S3),
    ("list another prefix", lambda g: g.list(Prefix="other/"), "s3:ListBucket", S3),
    ("list all buckets", lambda g: g.role("s3").list_buckets(), "s3:ListAllMyBuckets", S3),
    ("get what only the bucket's policy allows", lambda g: g.get("granted/a", "matrix-shared"), "", LOGIC),
    (
        "get what the bucket's policy denies",
        lambda g: g.get("denied/a", "matrix-shared"),
        "explicit deny in a resource-based policy",
        LOGIC,
    ),
    (
        "delete what the boundary denies",
        lambda g: g.role("s3").delete_object(Bucket="matrix-data", Key="raw/deleted"),
        "with an explicit deny in a permissions boundary",
        f"{GUIDE}/access_policies_boundaries.html",
    ),
    (
        "copy from a place that may not be read",
        lambda g: g.copy("other/a", "raw/c"),
        "s3:GetObject on resource: arn:aws:s3:::matrix-data/other/a",
        f"{S3_API}/API_CopyObject.html",
    ),
    (
        "copy within what may be read and written",
        lambda g: g.copy("raw/a", "raw/c"),
        "",
        f"{S3_API}/API_CopyObject.html",
    ),
    (
        "read the tags of an object",
        lambda g: g.role("s3").get_object_tagging(Bucket="matrix-data", Key="raw/a"),
        "s3:GetObjectTagging",
        S3,
    ),
    (
        "get a missing object without the right to list",
        lambda g: g.get("v2/x"),
        "s3:ListBucket on resource: arn:aws:s3:::matrix-data",
        f"{S3_API}/API_GetObject.html",
    ),
    (
        "set an ACL with the upload",
        lambda g: g.put("raw/b", ACL="private", **KMS_PUT),
        "s3:PutObjectAcl",
        f"{S3_API}/API_PutObject.html",
    ),
    (
        "set tags with the upload",
        lambda g: g.put("raw/b", Tagging="a=b", **KMS_PUT),
        "s3:PutObjectTagging",
        f"{S3_API}/API_PutObject.html",
    ),
    (
        "get one version",
        lambda g: g.role("s3").get_object(Bucket="matrix-data", Key="raw/a", VersionId="null"),
        "s3:GetObjectVersion",
        S3,
    ),
    (
        "put with a key that is closed to the role",
        lambda g: g.put("raw/b", SSEKMSKeyId=g.keys["closed"], **KMS_PUT),
        "kms:GenerateDataKey on resource: ",
        SSE,
    ),
    (
        "read a parameter, the boundary does not allow it",
        lambda g: g.role("ssm").get_parameter(Name="/matrix"),
        "because no permissions boundary allows the ssm:GetParameter action",
        f"{GUIDE}/access_policies_boundaries.html",
    ),
    (
        "write a parameter",
        lambda g: g.role("ssm").put_parameter(Name="/q", Value="1", Type="String"),
        "ssm:PutParameter on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/q",
        f"{GUIDE}/access_policies_boundaries.html",
    ),
    (
        "list log groups, the boundary does not allow it",
        lambda g: g.role("logs").describe_log_groups(),
        "because no permissions boundary",
        f"{GUIDE}/access_policies_boundaries.html",
    ),
    ("register a model in the own group", lambda g: g.register("matrix"), "", SAGEMAKER),
    (
        "register a model in another group",
        lambda g: g.register("matrix-2"),
        "sagemaker:CreateModelPackage on resource: ",
        SAGEMAKER,
    ),
    ("list models", lambda g: g.role("sagemaker").list_models(), "", SAGEMAKER),
    (
        "describe a group; the policy writes the action in another case",
        lambda g: g.role("sagemaker").describe_model_package_group(ModelPackageGroupName="matrix"),
        "",
        f"{GUIDE}/reference_policies_elements_action.html",
    ),
    (
        "delete a group",
        lambda g: g.role("sagemaker").delete_model_package_group(ModelPackageGroupName="matrix-2"),
        "sagemaker:DeleteModelPackageGroup on resource: arn:aws:sagemaker:",
        SAGEMAKER,
    ),
    ("start a job with the own role", lambda g: g.process("own", ARN), "", f"{GUIDE}/id_roles_use_passrole.html"),
    (
        "start a job with another role",
        lambda g: g.process("other", f"arn:aws:iam::{ACCOUNT}:role/matrix-admin"),
        "iam:PassRole on resource: arn:aws:iam::123456789012:role/matrix-admin",
        f"{GUIDE}/id_roles_use_passrole.html",
    ),
    ("decrypt with the own key", lambda g: g.role("kms").decrypt(CiphertextBlob=g.secrets["own"]), "", KMS),
    (
        "make a data key with the own key",
        lambda g: g.role("kms").generate_data_key(KeyId=g.keys["own"], KeySpec="AES_256"),
        "",
        KMS,
    ),
    (
        "a key whose policy does not know the account",
        lambda g: g.role("kms").generate_data_key(KeyId=g.keys["closed"], KeySpec="AES_256"),
        "because no resource-based policy allows the kms:GenerateDataKey action",
        KMS,
    ),
    (
        "a key whose policy names the role",
        lambda g: g.role("kms").encrypt(KeyId=g.keys["open"], Plaintext=b"x"),
        "",
        KMS,
    ),
    (
        "encrypt with the own key",
        lambda g: g.role("kms").encrypt(KeyId=g.keys["own"], Plaintext=b"x"),
        "because no identity-based policy allows the kms:Encrypt action",
        KMS,
    ),
    (
        "ask who one is",
        lambda g: g.role("sts").get_caller_identity(),
        "",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
    ),
    (
        "list roles",
        lambda g: g.role("iam").list_roles(),
        "AccessDenied: User: arn:aws:sts::123456789012:assumed-role/matrix-pipeline/sagemaker is not authorized",
        f"{GUIDE}/troubleshoot_access-denied.html",
    ),
    (
        "list VPCs",
        lambda g: g.role("ec2").describe_vpcs(),
        "UnauthorizedOperation: User: ",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    ),
    (
        "list rules",
        lambda g: g.role("events").list_rules(),
        "AccessDeniedException: User: ",
        f"{GUIDE}/troubleshoot_access-denied.html",
    ),
    (
        "list topics",
        lambda g: g.role("sns").list_topics(),
        "AuthorizationError: User: ",
        "https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html",
    ),
    (
        "list schedules",
        lambda g: g.role("scheduler").list_schedules(),
        "AccessDeniedException: User: ",
        "https://docs.aws.amazon.com/scheduler/latest/APIReference/CommonErrors.html",
    ),
    (
        "list alarms",
        lambda g: g.role("cloudwatch").describe_alarms(),
        "AccessDeniedException: User: ",
        f"{GUIDE}/troubleshoot_access-denied.html",
    ),
    (
        "assume a role, as people may not",
        lambda g: g.role("sts").assume_role(RoleArn=ARN, RoleSessionName="person"),
        "sts:AssumeRole on resource: arn:aws:iam::123456789012:role/matrix-pipeline because no resource-based policy",
        f"{GUIDE}/reference_policies_elements_principal.html",
    ),
]


@pytest.mark.parametrize(("what", "call", "words", "page"), CASES, ids=[what for what, *_ in CASES])
def test_a_call_is_allowed_or_refused_as_on_aws(ground: Ground, what: str, call: Try, words: str, page: str) -> None:
    told = refusal(lambda: call(ground))
    if not words:
        assert told is None, page
    else:
        assert told is not None, f"{what} was allowed: {page}"
        assert words in told, page


def test_a_part_has_the_encryption_that_its_upload_was_begun_with(ground: Ground) -> None:
    """The bucket's policy denies what is not encrypted, and a part brings no header of its own.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
    """
    s3, place = ground.role("s3"), {"Bucket": "matrix-data", "Key": "raw/parts"}
    encrypted = {**KMS_PUT, "SSEKMSKeyId": ground.keys["own"]}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place, **encrypted)["UploadId"]}
    part = {"PartNumber": 1, "ETag": s3.upload_part(**upload, PartNumber=1, Body=b"1")["ETag"]}
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]})
    assert ground.get("raw/parts") == b"1"
    assert refusal(lambda: s3.create_multipart_upload(**place)) is not None


def test_a_refused_head_has_no_words_and_the_journal_has_them(embedded_aws: aws.Server, ground: Ground) -> None:
    assert refusal(lambda: ground.role("s3").head_object(Bucket="matrix-data", Key="other/a")) == "403: Forbidden"


def test_a_batch_of_deletions_is_decided_object_by_object(embedded_aws: aws.Server, ground: Ground) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""
    client = administrator(embedded_aws)
    role = make_role(client, "matrix-deleter", allow("s3:DeleteObject", "arn:aws:s3:::matrix-other/mine/*"))
    for key in ("mine/a", "mine/b", "theirs/a"):
        client("s3").put_object(Bucket="matrix-other", Key=key, Body=b"1")
    objects = [{"Key": key} for key in ("mine/a", "theirs/a", "mine/b")]
    answer = session(embedded_aws, role).client("s3").delete_objects(Bucket="matrix-other", Delete={"Objects": objects})
    assert sorted(each["Key"] for each in answer["Deleted"]) == ["mine/a", "mine/b"]
    assert [(each["Key"], each["Code"]) for each in answer["Errors"]] == [("theirs/a", "AccessDenied")]
    left = client("s3").list_objects_v2(Bucket="matrix-other", Prefix="theirs/")["Contents"]
    assert [each["Key"] for each in left] == ["theirs/a"]
