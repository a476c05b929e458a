"""`mlproject data push` with a file that goes up in parts."""

from __future__ import annotations

import functools
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from faults.case import FolderCase
from faults.commands import mlproject
from faults.injection.clocks import ClockJump
from faults.injection.concurrency import TwoAtOnce
from faults.injection.corruption import Corruption
from faults.injection.kills import Kill
from faults.injection.network import BadNetwork
from faults.model import Subject
from faults.processes import Command
from faults.servers import REGION, bucket_objects, client, shared_server
from tests.cli.checkout import FILES, Checkout, data_set, lay_out, make_bucket

# The smallest part that S3 allows: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
_PART_BYTES = 5 * 1024**2
_LARGE = "large.bin"
_PREFIX = "raw/v1/"


@functools.cache
def large_file() -> bytes:
    """Return the content of a file of three parts."""
    return b"0123456789abcdef" * (2 * _PART_BYTES // 16) + b"the third part"


def _with_small_parts(command: Command) -> Command:
    """Return the command with parts of the smallest size, so that a small file has several."""

    def main() -> None:
        from mlproject.data import objects, upload

        for module in (objects, upload):
            vars(module)["MINIMUM_PART_BYTES"] = _PART_BYTES
        command.main()

    return replace(command, main=main)


@dataclass(frozen=True, kw_only=True)
class DataPushCase(FolderCase):
    """A data set of two small files and a large one, and its bucket.

    Args:
        folder: the checkout.
        checkout: the same.
    """

    folder: Path
    checkout: Checkout

    @classmethod
    def open(cls, folder: Path) -> DataPushCase:
        """Write a checkout whose project has a new name, and create its data bucket."""
        folder.mkdir(parents=True)
        checkout = lay_out(folder, project=f"data-{secrets.token_hex(3)}", server=shared_server())
        document = data_set()
        content = large_file()
        document["source"] = {"folder": "files"}
        document["files"].append({"name": _LARGE, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        (folder / "pipelines" / "tiny" / "data.json").write_text(json.dumps(document))
        (folder / "files" / _LARGE).write_bytes(content)
        make_bucket(client("s3"), checkout.names().bucket("data"))
        return cls(folder=folder, checkout=checkout)

    def command(self) -> Command:
        given = ("data", "push", self.checkout.project, "--environment", "local")
        return _with_small_parts(mlproject(*given, folder=self.folder, variables=self._variables))

    def problems(self) -> Sequence[str]:
        expected = self._expected
        stored = bucket_objects(self._bucket)
        return [f"{key} is not what the data set contains" for key, each in stored.items() if expected.get(key) != each]

    def unfinished(self) -> Sequence[str]:
        missing = sorted(self._expected.keys() - bucket_objects(self._bucket).keys())
        records = [*(self.folder / ".mlproject" / "uploads").glob("*")]
        return [*(f"{key} is not in S3" for key in missing), *(f"{path} is left" for path in records)]

    def sources(self) -> Sequence[Path]:
        return [self.folder / "pipelines" / "tiny" / "data.json", *sorted((self.folder / "files").iterdir())]

    def close(self) -> None:
        s3 = client("s3")
        for version in s3.list_object_versions(Bucket=self._bucket).get("Versions", []):
            s3.delete_object(Bucket=self._bucket, Key=version["Key"], VersionId=version["VersionId"])

    @property
    def _variables(self) -> dict[str, str]:
        return {**self.checkout.variables, "AWS_DEFAULT_REGION": REGION}

    @property
    def _bucket(self) -> str:
        return self.checkout.names().bucket("data")

    @property
    def _expected(self) -> dict[str, bytes]:
        return {f"{_PREFIX}{name}": content for name, content in {**FILES, _LARGE: large_file()}.items()}


SUBJECT = Subject(
    name="data push",
    open=DataPushCase.open,
    injections={
        "kill -9": Kill(),
        "network": BadNetwork(),
        "corrupt files": Corruption(),
        "clock jumps": ClockJump(),
        "two at once": TwoAtOnce(),
    },
    counts={"kill -9": 20, "network": 30, "corrupt files": 14, "clock jumps": 6, "two at once": 8},
    samples={"kill -9": 1, "network": 2},
)
