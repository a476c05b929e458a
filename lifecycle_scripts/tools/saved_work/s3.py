"""The saved work in S3, through the aws CLI, since the system's Python may have no boto3."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# A call that hangs would keep an idle instance running for ever.
_TIMEOUT_SECONDS = 3600
# More patterns make the command slower than the download of everything.
_PATTERNS = 200
# Without a locale, the aws CLI can neither read nor write file names with accents.
_LOCALE = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


class WorkError(Exception):
    """Work could not be saved or restored. The message is one sentence."""


@dataclass(frozen=True)
class SavedObject:
    """The current version of a saved file: ETag, size in bytes, and time in seconds since 1970."""

    etag: str
    size: int
    modified: float


class SavedWork:
    """The saved files of a notebook.

    Args:
        uri: S3 URI of the folder, `s3://bucket/prefix/`.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._bucket, _, self._prefix = uri[len("s3://") :].partition("/")

    def list_objects(self, under: str = "") -> dict[str, SavedObject]:
        """Return the saved files by path.

        Args:
            under: start of the paths, such as `restored/`.
        """
        text = _aws(
            f"cannot list {self.uri}",
            *("s3api", "list-objects-v2", "--bucket", self._bucket, "--prefix", self._prefix + under),
            *("--query", "Contents[].[Key,ETag,Size,LastModified]", "--output", "json"),
        )
        rows = json.loads(text or "null") or []
        return {
            key[len(self._prefix) :]: SavedObject(etag=etag, size=size, modified=_seconds(modified))
            for key, etag, size, modified in rows
        }

    def upload(self, folder: Path) -> None:
        """Upload the files of a folder. S3 shows an object only when it is complete."""
        _aws(
            f"cannot save to {self.uri}",
            *("s3", "cp", "--recursive", "--only-show-errors", "--no-follow-symlinks", str(folder), self.uri),
        )

    def download(self, folder: Path, *, under: str, paths: list[str]) -> None:
        """Download files to a folder. A file gets its name when it is complete, so an interrupted download continues.

        Args:
            folder: local folder.
            under: start of the paths.
            paths: the paths.
        """
        patterns: list[str] = []
        if len(paths) <= _PATTERNS:
            # A name may start like an option.
            patterns = ["--exclude=*", *(f"--include={_escape(path[len(under) :])}" for path in paths)]
        _aws(
            f"cannot restore from {self.uri}",
            *("s3", "sync", "--only-show-errors", "--no-follow-symlinks", *patterns),
            *(self.uri + under, str(folder / under)),
        )


def _aws(action: str, *arguments: str) -> str:
    """Run the aws CLI and return its output.

    Raises:
        WorkError: the command failed.
    """
    try:
        done = subprocess.run(
            ["aws", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **_LOCALE},
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise WorkError(f"{action}: the aws CLI is not installed") from None
    except subprocess.TimeoutExpired:
        raise WorkError(f"{action}: no end after {_TIMEOUT_SECONDS} seconds") from None
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise WorkError(f"{action}: {lines[-1] if lines else f'exit code {done.returncode}'}")
    return done.stdout


def _seconds(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _escape(name: str) -> str:
    """Return a pattern of the aws CLI that matches only this name."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
