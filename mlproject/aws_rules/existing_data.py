"""Read permissions of a project's roles on existing data.

Only results of Athena queries are written, since Athena writes them with the permissions of the caller. Other access
controls (bucket and key policies of another account, Lake Formation) are up to the owner of the data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mlproject.aws_rules.grants import Grant
from mlproject.errors import UserError
from mlproject.parameters import Athena, Deployment, ExistingBucket

# Databases that readers always look up: the first by Athena and Spark, the second by Spark for temporary views.
# GetDatabase is sufficient.
# https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
_DEFAULT_DATABASES = ("default", "global_temp")
# The inline policies of a role may have 10,240 characters in total, of which other permissions use up to 6,200.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
CHARACTERS_LIMIT = 4_000


def existing_data_grants(deployment: Deployment, *, partition: str) -> list[Grant]:
    """Return the grants of a role on the existing data in a project's parameters.

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.

    Raises:
        UserError: the grants are too long for the inline policy of a role.
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
            f"projects/{deployment.project}/project.yaml, existing_data in {environment.name}: its permissions need "
            f"{characters} characters, but the policy of a role has only {CHARACTERS_LIMIT} for them. List fewer "
            "buckets, prefixes and databases, such as one prefix instead of several prefixes below it."
        )
    return found


def _bucket_grants(buckets: Sequence[ExistingBucket], *, partition: str) -> list[Grant]:
    """Grants that SageMaker, Spark and boto3 need to read objects.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    arns = [f"arn:{partition}:s3:::{bucket.name}" for bucket in buckets]
    objects = [
        f"{arn}/{key}" for arn, bucket in zip(arns, buckets, strict=True) for key in key_patterns(bucket.prefixes)
    ]
    return [
        Grant(
            sid="ReadExistingObjects",
            actions=["s3:GetObject"],
            resources=objects,
            reason="existing data below the prefixes in the parameters",
        ),
        *(
            Grant(
                sid=f"ListExistingBucket{number}",
                actions=["s3:ListBucket"],
                resources=[arn],
                condition=None if "" in bucket.prefixes else _prefixes(key_patterns(bucket.prefixes)),
                reason="an input is a prefix whose objects are listed",
            )
            for number, (arn, bucket) in enumerate(zip(arns, buckets, strict=True), start=1)
        ),
        Grant(
            sid="LocateExistingBuckets",
            actions=["s3:GetBucketLocation"],
            resources=arns,
            reason="clients read the region of a bucket",
        ),
    ]


def _decryption(keys: Sequence[str]) -> Grant:
    """Grant to decrypt with keys of other owners, only through S3.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    return Grant(
        sid="DecryptExistingObjects",
        actions=["kms:Decrypt"],
        resources=keys,
        condition=_via_s3(keys),
        reason="S3 decrypts objects of existing buckets",
    )


def _glue_grants(databases: Sequence[str], *, catalog: str) -> list[Grant]:
    """Grants on tables. Glue checks an action on the object and on all its parents.

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
            reason="all tables of the databases in the parameters",
        ),
        Grant(
            sid="FindDefaultDatabases",
            actions=["glue:GetDatabase"],
            resources=[f"{catalog}:catalog", *(f"{catalog}:database/{name}" for name in _DEFAULT_DATABASES)],
            reason="Athena and Spark look up these databases before any other",
        ),
    ]


def _athena_grants(athena: Athena, *, workgroup: str, partition: str) -> list[Grant]:
    """Grants to run queries in one workgroup, and on the results, which Athena accesses with the caller's permissions.

    https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html,
    https://docs.aws.amazon.com/athena/latest/ug/managed-policies.html (the part on query results),
    https://docs.aws.amazon.com/athena/latest/ug/encryption.html (their key)
    """
    bucket, prefix = _results_location(athena)
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
            reason="queries in the workgroup in the parameters",
        ),
        Grant(
            sid="KeepQueryResults",
            actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            resources=[f"{results}/{prefix}*"],
            reason="Athena writes the results of a query with the permissions of the caller",
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
            reason="Athena checks the location of the results and uses multipart uploads",
        ),
    ]
    if athena.key_arn:
        found.append(
            Grant(
                sid="EncryptQueryResults",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[athena.key_arn],
                condition=_via_s3([athena.key_arn]),
                reason="S3 encrypts the results of queries",
            )
        )
    return found


def _results_location(athena: Athena) -> tuple[str, str]:
    """Bucket and prefix of query results."""
    bucket, _, prefix = athena.results.removeprefix("s3://").partition("/")
    return bucket, prefix


def _prefixes(patterns: Sequence[str]) -> dict[str, Any]:
    """Condition that limits listing to these prefixes."""
    return {"StringLike": {"s3:prefix": patterns[0] if len(patterns) == 1 else list(patterns)}}


def key_patterns(prefixes: Sequence[str]) -> list[str]:
    """Return patterns of the keys below these prefixes, including the folder itself.

    Spark reads `raw` before it lists `raw/`, because Hadoop removes the slash. S3A, the file system of EMR since 7.10,
    treats a denial as an error. https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-s3a-migrate.html
    """
    return [key for prefix in prefixes for key in ([prefix[:-1]] if prefix.endswith("/") else []) + [f"{prefix}*"]]


def _via_s3(keys: Sequence[str]) -> dict[str, Any]:
    """Condition that only S3 uses the keys, each in its own region."""
    services = sorted({f"s3.{key.split(':')[3]}.amazonaws.com" for key in keys})
    return {"StringEquals": {"kms:ViaService": services[0] if len(services) == 1 else services}}
