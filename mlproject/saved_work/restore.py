"""Restore versions of saved files, to a folder or for the notebook instance."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.saved_work.versions import Version


def require_absent(versions: Iterable[Version], folder: Path) -> None:
    """Check that no file would be overwritten.

    Raises:
        UserError: a file exists.
    """
    for each in versions:
        if os.path.lexists(folder / each.path):
            raise UserError(f"--to {folder}: {each.path} exists there and would be overwritten. Use another folder.")


def download(s3: Any, versions: Iterable[Version], *, bucket: str, prefix: str, folder: Path) -> None:
    """Download versions to a folder. Every file is complete, and none is overwritten.

    Args:
        s3: boto3 client.
        versions: the versions.
        bucket: the project's data bucket.
        prefix: prefix of the notebook's work.
        folder: local folder.

    Raises:
        UserError: a file cannot be written.
    """
    selected = tuple(versions)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".mlproject-restore-", dir=folder) as name:
            for number, each in enumerate(selected):
                extra = {"VersionId": each.version}
                s3.download_file(bucket, prefix + each.path, str(Path(name, str(number))), ExtraArgs=extra)
            for number, each in enumerate(selected):
                target = folder / each.path
                target.parent.mkdir(parents=True, exist_ok=True)
                # Unlike a rename, a link never replaces a file.
                target.hardlink_to(Path(name, str(number)))
    except OSError as error:
        raise UserError(f"--to {folder}: cannot write: {error.strerror or error}.", exit_code=1) from error


def copy_for_notebook(s3: Any, versions: Iterable[Version], *, bucket: str, prefix: str, now: datetime) -> str:
    """Copy versions to a folder of the saved work that the notebook downloads, and return the folder.

    The instance writes them beside the work, so that they overwrite nothing, and its role needs no other permissions.

    Args:
        s3: boto3 client.
        versions: the versions.
        bucket: the project's data bucket.
        prefix: prefix of the notebook's work.
        now: time in UTC, which is the name of the folder.
    """
    folder = f"restored/{now:%Y-%m-%dT%H%M%SZ}/"
    for each in versions:
        source = {"Bucket": bucket, "Key": prefix + each.path, "VersionId": each.version}
        s3.copy(source, bucket, f"{prefix}{folder}{each.path}")
    return folder
