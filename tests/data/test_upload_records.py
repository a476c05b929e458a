"""The record of a multipart upload goes when the object is in S3, however the upload ended."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from mlproject.data import objects
from mlproject.data.dataset import DataFile
from mlproject.data.files import LocatedFile
from mlproject.data.upload import StartedUpload, record_path

BUCKET, KEY = "bucket", "raw/v1/large.bin"
CONTENT = b"large"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
COMPLETE = {"ContentLength": len(CONTENT), "Metadata": {"sha256": SHA256}}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the folder of the records, with one that an interrupted command has left."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    left = StartedUpload(upload_id="one", bucket=BUCKET, key=KEY, sha256=SHA256, part_bytes=100)
    record_path(folder, bucket=BUCKET, key=KEY).write_text(json.dumps(asdict(left)))
    return folder


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    monkeypatch.setattr(objects, "MINIMUM_PART_BYTES", 1)
    return Stubber(boto3.client("s3", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"))


def push(s3: Stubber, state: Path) -> str:
    path = state.parent / "large.bin"
    path.write_bytes(CONTENT)
    file = DataFile(name=path.name, bytes=len(CONTENT), sha256=SHA256)
    with s3:
        (upload,) = objects.upload_files(
            (LocatedFile(file=file, path=path),), s3=s3.client, bucket=BUCKET, prefix="raw/v1/", state=state
        )
        s3.assert_no_pending_responses()
    return str(upload.action)


def test_a_completion_whose_answer_was_lost_leaves_no_record(s3: Stubber, state: Path) -> None:
    s3.add_client_error("head_object", "404")
    s3.add_response("list_parts", {"Parts": [{"PartNumber": 1, "ETag": "e", "Size": len(CONTENT)}]})
    # The second attempt of the SDK, after S3 has carried out the first.
    s3.add_client_error("complete_multipart_upload", "NoSuchUpload")
    s3.add_response("head_object", COMPLETE)
    assert push(s3, state) == "uploaded"
    assert list(state.iterdir()) == []


def test_the_record_of_a_push_that_was_killed_after_the_completion_goes_with_the_next_push(
    s3: Stubber, state: Path
) -> None:
    s3.add_response("head_object", COMPLETE)
    assert push(s3, state) == "already there"
    assert list(state.iterdir()) == []
