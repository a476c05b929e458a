"""The keys of existing data: data outside this application that the project may read."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter, validate_distinct

KeyArn = Annotated[str, MatchesPattern(addresses.KEY_ARN)]
InPairs = AfterValidator(addresses.validate_parentheses)
Prefix = Annotated[str, MatchesPattern(addresses.PREFIX), InPairs]
Prefixes = Annotated[tuple[Prefix, ...], AfterValidator(validate_distinct)]
Databases = Annotated[
    tuple[Annotated[str, MatchesPattern(constraints.GLUE_DATABASE)], ...], AfterValidator(validate_distinct)
]

_KEY = "The KMS key that encrypts it. Default: no key that requires a permission."
_KEY_ALLOWED = "a key's ARN, such as arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"


class ExistingBucket(FrozenModel):
    """A bucket from which the project may read certain prefixes."""

    name: Annotated[str, MatchesPattern(addresses.BUCKET)] = parameter("The bucket.", allowed="a bucket name")
    prefixes: Prefixes = parameter(
        "The prefixes that may be read. Default: the whole bucket.",
        allowed="a list of prefixes that end with a slash, such as [raw/, shared/flights/]",
        default=("",),
        min_length=1,
    )
    key_arn: KeyArn | None = parameter(_KEY, allowed=_KEY_ALLOWED, default=None)


class Athena(FrozenModel):
    """A workgroup in which the project may run queries, and the location of the results."""

    workgroup: Annotated[str, MatchesPattern(constraints.WORKGROUP)] = parameter(
        "The workgroup.", allowed="a workgroup name: letters, digits and . _ -"
    )
    results: Annotated[str, MatchesPattern(addresses.S3_FOLDER), InPairs] = parameter(
        "The location where the workgroup writes results.", allowed="an S3 URI such as s3://bucket/prefix/"
    )
    key_arn: KeyArn | None = parameter(_KEY, allowed=_KEY_ALLOWED, default=None)


def _distinct_buckets(buckets: tuple[ExistingBucket, ...]) -> tuple[ExistingBucket, ...]:
    validate_distinct(tuple(bucket.name for bucket in buckets))
    return buckets


class ExistingData(FrozenModel):
    """Data that the project may read besides its own buckets. Each entry only adds read permissions."""

    buckets: Annotated[tuple[ExistingBucket, ...], AfterValidator(_distinct_buckets)] = parameter(
        "Buckets to read. Default: none.", allowed="a list of mappings with name, prefixes, key_arn", default=()
    )
    glue_databases: Databases = parameter(
        "Databases of the Glue catalog to read. Default: none.",
        allowed="a list of database names: lower-case letters, digits, _ and -",
        default=(),
    )
    athena: Athena | None = parameter(
        "An Athena workgroup for queries. Default: none.", allowed="the keys workgroup, results, key_arn", default=None
    )
