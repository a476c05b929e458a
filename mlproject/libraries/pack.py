"""A packed environment: the installed libraries of a cluster's list in an archive, which a Spark session brings along.

The archive contains packages and no interpreter. An archive of a virtual environment (venv-pack) only links to the
Python with which it was made, so that exactly that one must exist on the nodes and on the machine that packs; packages
for another Python and platform can be installed anywhere, by uv from wheels.
"""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.libraries.failures import uv_error
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Wheel
from mlproject.libraries.push import MISSING
from mlproject.libraries.resolve import uv_program
from mlproject.node_scripts import pack_key

# Folder of the unpacked archive in the working directory of the driver and of each executor.
_FOLDER = "libraries"
_COMPRESSION = 6


def pack_uri(library_list: LibraryList, text: str, *, bucket: str) -> str:
    """Return the S3 URI of the archive of a lock, which another lock does not have.

    Args:
        library_list: the list.
        text: text of its lock.
        bucket: name of the artifacts bucket.
    """
    return f"s3://{bucket}/{pack_key(library_list.target, library_list.stem, _digest(text))}"


def has_pack(library_list: LibraryList, text: str, *, s3: Any, bucket: str) -> bool:
    """Return whether the archive of a lock is in S3."""
    try:
        s3.head_object(Bucket=bucket, Key=pack_key(library_list.target, library_list.stem, _digest(text)))
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return False
        raise
    return True


def build_pack(library_list: LibraryList, text: str, wheels: Mapping[Wheel, Path], archive: Path) -> None:
    """Install wheels for the target of a list, and write them to a tar.gz.

    Args:
        library_list: the list, which determines the Python version and platform.
        text: text of its lock, whose hashes uv verifies.
        wheels: the locked wheels, in one folder.
        archive: path of the archive.

    Raises:
        UserError: the wheels cannot be installed.
    """
    with tempfile.TemporaryDirectory(prefix="mlproject-pack-") as name:
        folder, requirements = Path(name, _FOLDER), Path(name, "requirements.txt")
        requirements.write_text(text)
        sources = {path.parent for path in wheels.values()}
        options = (
            *("--python-version", library_list.python, "--python-platform", library_list.platform),
            *("--require-hashes", "--only-binary", ":all:", "--no-index"),
            *(option for source in sorted(sources) for option in ("--find-links", str(source))),
        )
        command = [uv_program(), "pip", "install", "--quiet", "--no-config", "--target", str(folder), *options]
        done = subprocess.run([*command, "-r", str(requirements)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise UserError(f"{library_list.file}: cannot be packed: {uv_error(done.stderr)}", exit_code=1)
        _write_archive(folder, archive)


def upload_pack(library_list: LibraryList, text: str, archive: Path, *, s3: Any, bucket: str) -> None:
    """Upload an archive. S3 verifies the checksum, so an incomplete one is not stored."""
    key = pack_key(library_list.target, library_list.stem, _digest(text))
    s3.upload_file(str(archive), bucket, key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})


def session_configuration(uri: str) -> dict[str, str]:
    """Return the configuration of a Spark session that uses an archive.

    YARN and Spark unpack it into the working directory of each executor, and YARN into that of the driver, which runs
    on the cluster with Livy: https://spark.apache.org/docs/3.5.6/configuration.html (spark.archives),
    https://spark.apache.org/docs/3.5.6/running-on-yarn.html (spark.yarn.appMasterEnv).

    Args:
        uri: S3 URI of the archive.
    """
    return {
        "spark.archives": f"{uri}#{_FOLDER}",
        "spark.executorEnv.PYTHONPATH": f"./{_FOLDER}",
        "spark.yarn.appMasterEnv.PYTHONPATH": f"./{_FOLDER}",
    }


def _write_archive(folder: Path, archive: Path) -> None:
    """Write a tar.gz with the same bytes for the same files: in order, without times and owners."""

    def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=_COMPRESSION, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as tar,
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != ".lock":
                tar.add(path, path.relative_to(folder).as_posix(), filter=anonymous)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
