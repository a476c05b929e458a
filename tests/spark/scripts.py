"""Programs of a project that Spark runs."""

from __future__ import annotations

import hashlib

from tests.deployed_projects.platform import DeployedPlatform


def put_script(platform: DeployedPlatform, project: str, code: str) -> str:
    """Upload a PySpark program to where the nodes of a project's cluster may read it, and return its address."""
    bucket = platform.deployment(project).names.bucket("artifacts")
    key = f"spark/scripts/{hashlib.sha256(code.encode()).hexdigest()[:16]}.py"
    platform.client("s3").put_object(Bucket=bucket, Key=key, Body=code.encode())
    return f"s3://{bucket}/{key}"
