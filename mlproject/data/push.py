"""Bring a data set from its source into the data bucket."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.data.dataset import DataSet
from mlproject.data.files import LocatedFile, locate, verify
from mlproject.data.objects import Progress, Upload, copy_objects, upload_files


@dataclass(frozen=True, kw_only=True)
class PreparedPush:
    """A data set that can be brought into S3.

    Args:
        dataset: the data set.
        files: verified files on this machine; empty if the source is in S3.
    """

    dataset: DataSet
    files: tuple[LocatedFile, ...]

    def run(
        self, *, s3: Any, bucket: str, state: Path, progress: Progress = lambda _file, _bytes: None
    ) -> tuple[Upload, ...]:
        """Upload the files or copy the objects that are not in the bucket yet.

        Args:
            s3: a boto3 client.
            bucket: name of the data bucket.
            state: folder for the records of started uploads, with which an interrupted upload continues.
            progress: called with a file and the number of bytes that are in S3 since the last call.

        Raises:
            UserError: a file changed during the upload, or existing objects changed since data.json was locked.
        """
        prefix = self.dataset.prefix
        if self.files:
            return upload_files(self.files, s3=s3, bucket=bucket, prefix=prefix, state=state, progress=progress)
        source = self.dataset.source
        if source is None or source.s3 is None:
            raise AssertionError("prepare_push returns files for every other source")
        return copy_objects(
            self.dataset.files, source=source.s3, s3=s3, bucket=bucket, prefix=prefix, progress=progress
        )


def prepare_push(dataset: DataSet, *, root: Path, folder: Path | None = None) -> PreparedPush:
    """Locate and verify the files of a data set, if they are on this machine.

    Args:
        dataset: the data set.
        root: the checkout.
        folder: folder that contains the files. Default: the source of the data set.

    Raises:
        UserError: files are missing or do not match. The message contains all of them.
    """
    if folder is None and dataset.source and dataset.source.s3:
        return PreparedPush(dataset=dataset, files=())
    files = locate(dataset, root=root, folder=folder)
    verify(files)
    return PreparedPush(dataset=dataset, files=files)
