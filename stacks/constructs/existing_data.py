"""Data that exists already, as read permissions for a project's roles.

The one thing that is written is the results of Athena's queries: Athena writes them with the caller's permissions.
What else protects such data (another account's bucket and key policies, Lake Formation) is its owner's to open.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mlproject.errors import UserError
from mlproject.parameters import Athena, Deployment, ExistingBucket
from stacks.constructs.service_role import Grant

# The databases that are looked up before any other: the first by Athena and Spark, the second by Spark, for its
# temporary views. To read, GetDatabase is enough.
# https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
_DATABASES_OF_READERS = ("default", "global_temp")
# The inline policies of a role have 10,240 characters together; what a role does besides needs up to 6,200 of them.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
CHARACTERS_LIMIT = 4_000


def existing_data_grants(deployment: Deployment, *, partition: str) -> list[Grant]:
    """What a role may do with the data that a project's parameters name; empty if they name none.

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.

    Raises:
        UserError: the parameters name more than a role's policy has room for.
    """
    data, environment = deployment.existing_data, deployment.environment
    here = f"{environment.region}:{environment.account}"
    found: list[Grant] = []
    if data.buckets:
        found.extend(_bucket_grants(data.buckets, partition=partition))
        keys = sorted({bucket.key_arn for bucket in data.buckets if bucket.key_arn})
        if keys:
            found.append(_decryption(keys))
    if data.glue_databases:
        found.extend(_glue_grants(data.glue_databases, catalog=f"arn:{partition}:glue:{here}"))
    if data.athena:
        workgroup = f"arn:{partition}:athena:{here}:workgroup/{data.athena.workgroup}"
        found.extend(_athena_grants(data.athena, workgroup=workgroup, partition=partition))
    characters = len(json.dumps([grant.statement for grant in found], separators=(",", ":")))
    if characters > CHARACTERS_LIMIT:
        raise UserError(
            f"projects/{deployment.project}/project.yaml, existing_data in {environment.name}: its permissions take "
            f"{characters} of the {CHARACTERS_LIMIT} characters that a role's policy has for them; name fewer buckets, "
            "prefixes and databases, such as one prefix above several."
        )
    return found


def _bucket_grants(buckets: Sequence[ExistingBucket], *, partition: str) -> list[Grant]:
    """Reading objects, listing by prefix and finding the region: what SageMaker, Spark and boto3 need to read.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    arns = [f"arn:{partition}:s3:::{bucket.name}" for bucket in buckets]
    objects = [f"{arn}/{key}" for arn, bucket in zip(arns, buckets, strict=True) for key in below(bucket.prefixes)]
    return [
        Grant(
            sid="ReadExistingObjects",
            actions=["s3:GetObject"],
            resources=objects,
            reason="data that exists already, below the prefixes that the parameters name",
        ),
        *(
            Grant(
                sid=f"ListExistingBucket{number}",
                actions=["s3:ListBucket"],
                resources=[arn],
                condition=None if "" in bucket.prefixes else _prefixes(below(bucket.prefixes)),
                reason="an input is a prefix, which its reader lists",
            )
            for number, (arn, bucket) in enumerate(zip(arns, buckets, strict=True), start=1)
        ),
        Grant(
            sid="LocateExistingBuckets",
            actions=["s3:GetBucketLocation"],
            resources=arns,
            reason="readers ask in which region a bucket is",
        ),
    ]


def _decryption(keys: Sequence[str]) -> Grant:
    """Foreign keys serve to read objects through S3, and for nothing else.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    return Grant(
        sid="DecryptExistingObjects",
        actions=["kms:Decrypt"],
        resources=keys,
        condition=_through_s3(keys),
        reason="S3 decrypts the objects of the existing buckets for the reader",
    )


def _glue_grants(databases: Sequence[str], *, catalog: str) -> list[Grant]:
    """Glue asks for an action on the object and on everything above it.

    https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html and, for Spark,
    https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-glue.html
    """
    return [
        Grant(
            sid="ReadExistingTables",
            actions=[
                "glue:BatchGetPartition",
                "glue:GetDatabase",
                "glue:GetPartition",
                "glue:GetPartitions",
                "glue:GetTable",
                "glue:GetTables",
            ],
            resources=[
                f"{catalog}:catalog",
                *(f"{catalog}:database/{name}" for name in databases),
                *(f"{catalog}:table/{name}/*" for name in databases),
            ],
            reason="the tables of the databases that the parameters name, whatever they are called",
        ),
        Grant(
            sid="FindDefaultDatabases",
            actions=["glue:GetDatabase"],
            resources=[f"{catalog}:catalog", *(f"{catalog}:database/{name}" for name in _DATABASES_OF_READERS)],
            reason="Athena and Spark look these databases up before they use another",
        ),
    ]


def _athena_grants(athena: Athena, *, workgroup: str, partition: str) -> list[Grant]:
    """Running queries in one workgroup, and its results, which Athena writes and reads with the caller's permissions.

    https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html,
    https://docs.aws.amazon.com/athena/latest/ug/managed-policies.html (the part on query results),
    https://docs.aws.amazon.com/athena/latest/ug/encryption.html (their key)
    """
    bucket, prefix = _place(athena)
    results = f"arn:{partition}:s3:::{bucket}"
    found = [
        Grant(
            sid="RunQueries",
            actions=[
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:GetWorkGroup",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            ],
            resources=[workgroup],
            reason="queries in the workgroup that the parameters name",
        ),
        Grant(
            sid="KeepQueryResults",
            actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            resources=[f"{results}/{prefix}*"],
            reason="Athena writes a query's results with the permissions of who asked",
        ),
        Grant(
            sid="ListQueryResults",
            actions=["s3:ListBucket"],
            resources=[results],
            condition=_prefixes([f"{prefix}*"]) if prefix else None,
            reason="Athena and its clients list the results",
        ),
        Grant(
            sid="LocateQueryResults",
            actions=["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
            resources=[results],
            reason="Athena checks the place of the results and uploads large ones in parts",
        ),
    ]
    if athena.key_arn:
        found.append(
            Grant(
                sid="EncryptQueryResults",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[athena.key_arn],
                condition=_through_s3([athena.key_arn]),
                reason="S3 encrypts the results of queries",
            )
        )
    return found


def _place(athena: Athena) -> tuple[str, str]:
    """Bucket and prefix of the results of queries."""
    bucket, _, prefix = athena.results.removeprefix("s3://").partition("/")
    return bucket, prefix


def _prefixes(patterns: Sequence[str]) -> dict[str, Any]:
    """The condition that only these prefixes are listed."""
    return {"StringLike": {"s3:prefix": patterns[0] if len(patterns) == 1 else list(patterns)}}


def below(prefixes: Sequence[str]) -> list[str]:
    """Patterns of the keys below prefixes, with that of the folder itself.

    Spark asks for `raw` before it lists `raw/`: Hadoop strips the slash, and its S3A, EMR's way to S3 since 7.10, takes
    a refusal for an error. https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-s3a-migrate.html
    """
    return [key for prefix in prefixes for key in ([prefix[:-1]] if prefix.endswith("/") else []) + [f"{prefix}*"]]


def _through_s3(keys: Sequence[str]) -> dict[str, Any]:
    """The condition that S3 uses the keys, each in its own region."""
    services = sorted({f"s3.{key.split(':')[3]}.amazonaws.com" for key in keys})
    return {"StringEquals": {"kms:ViaService": services[0] if len(services) == 1 else services}}
