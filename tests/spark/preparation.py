"""The preparation of the flights: with pandas on this machine, and what Spark wrote in the embedded AWS."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pandas as pd

from mlproject.data import read as read_dataset
from tests.checkouts import ROOT
from tests.deployed_projects.platform import REGION, DeployedPlatform

PIPELINE = ROOT / "pipelines" / "flight_delays"
PARTS = ("train", "validation", "test", "score")


def prepare_with_pandas(platform: DeployedPlatform, folder: Path) -> Path:
    """Prepare the data that the project flights has uploaded, and return the folder of the parts."""
    bucket, version = platform.deployment("flights").names.bucket("data"), read_dataset(PIPELINE).version
    for name in ("flights.csv.zip", "weather.csv"):
        platform.client("s3").download_file(bucket, f"raw/{version}/{name}", str(folder / name))
    script = PIPELINE / "steps" / "prepare.py"
    subprocess.run([sys.executable, script, "--data", folder, "--output", folder / "parts"], check=True)
    return folder / "parts"


def upload_code(platform: DeployedPlatform, project: str) -> None:
    """Put the scripts of the steps into the bootstrap bucket, where the CDK CLI uploads them."""
    s3 = platform.client("s3")
    stack = platform.stack(project, "pipeline")
    for asset in stack.files.values():
        (target,) = asset["destinations"].values()
        bucket = target["bucketName"]
        if bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.upload_file(str(stack.template_file.parent / asset["source"]["path"]), bucket, target["objectKey"])


def assert_same_rows(platform: DeployedPlatform, outputs: str, prepared: Path) -> None:
    """Spark wrote the same rows as pandas, in the same order and types, encrypted with the project's key.

    Args:
        outputs: S3 URI of the step's outputs.
        prepared: the parts as pandas prepares them.
    """
    for part in PARTS:
        expected = pd.read_csv(prepared / part / f"{part}.csv")
        assert len(expected) > 10_000
        pd.testing.assert_frame_equal(_table(platform, f"{outputs}/{part}"), expected, check_exact=True)


def _table(platform: DeployedPlatform, uri: str) -> pd.DataFrame:
    """The one CSV file below a URI."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    s3 = platform.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/")["Contents"]
    (key,) = (each["Key"] for each in listed if each["Key"].endswith(".csv"))
    assert s3.head_object(Bucket=bucket, Key=key)["ServerSideEncryption"] == "aws:kms"
    return pd.read_csv(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))
