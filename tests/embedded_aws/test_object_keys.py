"""Objects are found by any key that S3 accepts."""

from __future__ import annotations

import embedded_aws as aws
from tests.cli.checkout import make_bucket
from tests.libraries.project import client


def test_a_key_may_contain_line_breaks_and_start_and_end_with_one(embedded_aws: aws.Server) -> None:
    s3 = client(embedded_aws, "s3")
    bucket = make_bucket(s3, "keys-with-line-breaks")
    keys = ["\nfirst", "folder\n/second\n.csv", "last\n"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == keys
    assert [s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys] == keys
