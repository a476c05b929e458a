"""Data that exists outside this application, which the project may read."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.keys import Follows, Value, distinct, key

KeyArn = Annotated[str, Follows(addresses.KEY_ARN)]
Prefixes = Annotated[tuple[Annotated[str, Follows(addresses.PREFIX)], ...], AfterValidator(distinct)]
Databases = Annotated[tuple[Annotated[str, Follows(constraints.GLUE_DATABASE)], ...], AfterValidator(distinct)]

_KEY = "The KMS key with which it is encrypted. Default: none that needs a permission."
_KEY_ALLOWED = "a key's ARN, such as arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"


class ExistingBucket(Value):
    """A bucket of which the project may read some prefixes."""

    name: Annotated[str, Follows(addresses.BUCKET)] = key("The bucket.", allowed="a bucket's name")
    prefixes: Prefixes = key(
        "What may be read. Default: everything.",
        allowed="a list of prefixes that end with a slash, such as [raw/, shared/flights/]",
        default=("",),
        min_length=1,
    )
    key_arn: KeyArn | None = key(_KEY, allowed=_KEY_ALLOWED, default=None)


class Athena(Value):
    """A workgroup in which the project may query, and where its results go."""

    workgroup: Annotated[str, Follows(constraints.WORKGROUP)] = key(
        "The workgroup.", allowed="a workgroup's name: letters, digits and . _ -"
    )
    results: Annotated[str, Follows(addresses.S3_FOLDER)] = key(
        "Where the workgroup writes results.", allowed="an address such as s3://bucket/prefix/"
    )
    key_arn: KeyArn | None = key(_KEY, allowed=_KEY_ALLOWED, default=None)


def _distinct_buckets(buckets: tuple[ExistingBucket, ...]) -> tuple[ExistingBucket, ...]:
    distinct(tuple(bucket.name for bucket in buckets))
    return buckets


class ExistingData(Value):
    """What the project may read beside its own buckets; each entry becomes read permissions and nothing more."""

    buckets: Annotated[tuple[ExistingBucket, ...], AfterValidator(_distinct_buckets)] = key(
        "Buckets to read. Default: none.", allowed="a list of mappings with name, prefixes, key_arn", default=()
    )
    glue_databases: Databases = key(
        "Databases of the Glue catalog to read. Default: none.",
        allowed="a list of databases' names: lower-case letters, digits, _ and -",
        default=(),
    )
    athena: Athena | None = key(
        "An Athena workgroup to query in. Default: none.", allowed="keys workgroup, results, key_arn", default=None
    )
