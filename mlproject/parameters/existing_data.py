"""Data that exists outside this application, which the project may read."""

from __future__ import annotations

from mlproject.parameters.keys import Value, key

_KEY = "The KMS key with which it is encrypted. Default: none that needs a permission."
_KEY_ALLOWED = "the ARN of a key, such as arn:aws:kms:eu-west-1:111111111111:key/..."


class ExistingBucket(Value):
    """A bucket of which the project may read some prefixes."""

    name: str = key("The bucket.", allowed="a bucket's name")
    prefixes: tuple[str, ...] = key(
        "What may be read. Default: everything.",
        allowed="a list of prefixes that end with a slash, such as [raw/, shared/flights/]",
        default=("",),
        min_length=1,
    )
    key_arn: str | None = key(_KEY, allowed=_KEY_ALLOWED, default=None)


class Athena(Value):
    """A workgroup in which the project may query, and where its results go."""

    workgroup: str = key("The workgroup.", allowed="a workgroup's name")
    results: str = key("Where the workgroup writes results.", allowed="an address such as s3://bucket/prefix/")
    key_arn: str | None = key(_KEY, allowed=_KEY_ALLOWED, default=None)


class ExistingData(Value):
    """What the project may read beside its own buckets; each entry becomes read permissions and nothing more."""

    buckets: tuple[ExistingBucket, ...] = key(
        "Buckets to read. Default: none.", allowed="a list of mappings with name, prefixes, key_arn", default=()
    )
    glue_databases: tuple[str, ...] = key(
        "Databases of the Glue catalog to read. Default: none.", allowed="a list of databases' names", default=()
    )
    athena: Athena | None = key(
        "An Athena workgroup to query in. Default: none.", allowed="keys workgroup, results, key_arn", default=None
    )
