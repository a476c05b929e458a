"""Memory stays flat: describing and uploading 5 GB needs no more than 100 MB does."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.slow

PUSH = """
import resource, sys
from pathlib import Path
import boto3
from mlproject import data

folder, endpoint = Path(sys.argv[1]), sys.argv[2]
contents = data.read_source(str(folder), root=folder.parent, s3=None, progress=lambda _name, _bytes: None)
dataset = data.describe_dataset(contents, previous=None, version="v1", description=None, licence=None, origin=None)
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="eu-west-1")
data.prepare_push(dataset, root=folder.parent).run(s3=s3, bucket="bucket", state=folder.parent / "state")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class _Discarding(http.server.BaseHTTPRequestHandler):
    """Answers as S3 does to a multipart upload, and forgets what it is sent."""

    protocol_version = "HTTP/1.1"
    received: ClassVar[list[int]] = []

    def do_HEAD(self) -> None:
        self._answer(404)

    def do_POST(self) -> None:
        self._discard()
        if "uploads" in parse_qs(urlsplit(self.path).query, keep_blank_values=True):
            self._answer(200, "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>")
        else:
            self._answer(200, "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")

    def do_PUT(self) -> None:
        self.received.append(self._discard())
        self._answer(200)

    def _discard(self) -> int:
        if self.headers.get("Transfer-Encoding") == "chunked":
            total = 0
            while size := int(self.rfile.readline().split(b";")[0], 16):
                total += len(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # checksums
            return total
        remaining = length = int(self.headers.get("Content-Length", 0))
        while remaining:
            remaining -= len(self.rfile.read(min(remaining, 1 << 20)))
        return length

    def _answer(self, status: int, body: str = "") -> None:
        self.send_response(status)
        self.send_header("ETag", '"x"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """No line per request."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("localhost", 0), _Discarding)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def peak_kilobytes(folder: Path, size: int, endpoint: str) -> int:
    (folder / "data").mkdir(parents=True)
    with (folder / "data" / "large.bin").open("wb") as file:
        file.truncate(size)
    done = subprocess.run(
        [sys.executable, "-c", PUSH, folder / "data", endpoint],
        env={**os.environ, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_five_gigabytes_need_no_more_memory_than_a_hundred_megabytes(tmp_path: Path, endpoint: str) -> None:
    small = peak_kilobytes(tmp_path / "small", 100 * 1000**2, endpoint)
    _Discarding.received.clear()
    large = peak_kilobytes(tmp_path / "large", 5 * 1000**3, endpoint)
    assert sum(_Discarding.received) >= 5 * 1000**3
    assert large - small < 64_000
