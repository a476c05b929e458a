"""Download the list and its wheels with the aws CLI. A wheel with another hash never gets its final name."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .failure import InstallationError, last_line, program_error
from .processes import run_aws
from .resolved_list import Wheel
from .settings import CACHE, LIST_URI, STATE, WHEELS_URI

WHEELS = CACHE / "wheels"


def download_list() -> str:
    """Return the text of the list in S3.

    Raises:
        InstallationError: it cannot be read, or is not text.
    """
    path = STATE / "requirements.txt.new"
    # Unlike `aws s3 cp`, which first asks for the object's metadata, it prints which permission is missing.
    bucket, _, key = LIST_URI[len("s3://") :].partition("/")
    done = run_aws("s3api", "get-object", "--bucket", bucket, "--key", key, path)
    if done.returncode:
        remedy = " (run: mlproject libraries push)" if "(NoSuchKey)" in done.stderr else ""
        raise program_error(f"cannot read {LIST_URI}{remedy}", done, last_line(done.stderr))
    try:
        # Editors on Windows add a byte order mark, and lines end there with CRLF.
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InstallationError(f"{LIST_URI} is not text in UTF-8. Save it as UTF-8, and upload it again") from error


def download_wheels(wheels: Sequence[Wheel]) -> None:
    """Download wheels into the cache, in one process, since the aws CLI takes most of a second to start.

    Raises:
        InstallationError: a wheel cannot be read, or does not match its hash. The others stay in the cache.
    """
    if not wheels:
        return
    incoming = CACHE / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True)
    includes = [argument for wheel in wheels for argument in ("--include", wheel.key)]
    # Ten files and parts at a time: https://docs.aws.amazon.com/cli/latest/topic/s3-config.html
    copy = ("s3", "cp", "--recursive", "--only-show-errors")
    done = run_aws(*copy, f"{WHEELS_URI}/", incoming, "--exclude", "*", *includes)
    errors = [_accept(wheel, incoming, done) for wheel in wheels]
    shutil.rmtree(incoming)
    for error in errors:
        if error:
            raise error


def without_valid(wheels: Iterable[Wheel]) -> list[Wheel]:
    """Return the wheels that are not in the cache with their hash."""
    candidates = list(wheels)
    with ThreadPoolExecutor() as pool:
        valid = list(pool.map(lambda wheel: _has_hash(WHEELS / wheel.file, wheel.sha256), candidates))
    return [wheel for wheel, is_valid in zip(candidates, valid) if not is_valid]


def _accept(wheel: Wheel, incoming: Path, done: subprocess.CompletedProcess[str]) -> InstallationError | None:
    """Move a downloaded wheel into the cache, or return the error."""
    path = incoming / wheel.key
    uri = f"{WHEELS_URI}/{wheel.key}"
    if not path.exists():
        lines = done.stderr.splitlines()
        mentioned = [line for line in lines if uri in line] or lines
        return program_error(f"cannot read {uri}", done, mentioned[0] if mentioned else "it does not exist")
    if not _has_hash(path, wheel.sha256):
        return InstallationError(f"{uri} does not match the sha256 in the list")
    WHEELS.mkdir(exist_ok=True)
    path.replace(WHEELS / wheel.file)
    return None


def _has_hash(path: Path, sha256: str) -> bool:
    try:
        digest = hashlib.sha256()
        with path.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == sha256
