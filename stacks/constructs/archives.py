"""Archives that are assets."""

from __future__ import annotations

import tempfile
from pathlib import Path

from aws_cdk import aws_s3_assets as assets
from constructs import Construct


def archive_asset(scope: Construct, construct_id: str, content: bytes) -> assets.Asset:
    """Return an asset that is a tar.gz. CDK's own archives are zip files.

    Args:
        scope: the scope of the asset.
        construct_id: id of the asset.
        content: the bytes of the archive.
    """
    with tempfile.TemporaryDirectory(prefix="mlproject-archive-") as folder:
        path = Path(folder) / "archive.tar.gz"
        path.write_bytes(content)
        # The asset copies the file to the cloud assembly at once.
        return assets.Asset(scope, construct_id, path=str(path))
