"""What the scripts remember on the volume about saved work, and the report for people."""

from __future__ import annotations

import datetime
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mlproject_notebook.files import write_atomically, write_in_any_case

# Release 0.1.0 wrote no number, which means 1.
_FORMAT = 1


class OtherVersionError(OSError):
    """A newer version of the scripts wrote the file, so this one leaves it as it is."""


@dataclass
class Saved:
    """A file as it was saved: size in bytes, time in nanoseconds, the path of its copy, and the copy's ETag."""

    size: int
    mtime: int
    key: str
    etag: str


@dataclass
class Manifest:
    """The saved files of this volume, so that a save without changes needs no call.

    Args:
        volume: id of this volume, part of the names of copies that would overwrite the work of another instance.
        files: the saved files by path.
        pending: size in bytes of the copies that an interrupted save may have uploaded, by path.
        is_first: whether no save has been recorded on this volume.
    """

    volume: str
    files: dict[str, Saved] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    is_first: bool = False


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of a volume, or a new one if there is none, or only a damaged one.

    Raises:
        OtherVersionError: a newer version of the scripts wrote it.
    """
    try:
        document = json.loads(path.read_text())
        _require_known_format(document, path)
        files = {name: Saved(**saved) for name, saved in document["files"].items()}
        return Manifest(volume=document["volume"], files=files, pending=document["pending"])
    except OtherVersionError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest(volume=secrets.token_hex(3), is_first=True)


def _require_known_format(document: dict[str, object], path: Path) -> None:
    found = document.get("format", _FORMAT)
    if found != _FORMAT:
        raise OtherVersionError(
            f"{path.name} has format {found}, but these scripts read format {_FORMAT}. Deploy the notebooks with the "
            "version of mlproject that wrote it, or a newer one, then stop and start this notebook"
        )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write the manifest atomically."""
    document = {"format": _FORMAT, **asdict(manifest)}
    del document["is_first"]
    write_atomically(path, json.dumps(document))


def write_report(
    path: Path, *, failed: str | None, left_out: list[dict[str, object]] | None, saved: bool = False
) -> None:
    """Write work.json: the time of the last complete save, the files left out, and why the last save failed.

    Args:
        path: path of the report.
        failed: one sentence, or None after a success.
        left_out: the files that are not saved, or None if they are unknown.
        saved: whether all work is saved now.
    """
    try:
        report = json.loads(path.read_text())
    except (OSError, ValueError):
        report = {}
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {
        "saved": now if saved else report.get("saved"),
        "left_out": report.get("left_out", []) if left_out is None else left_out,
        "failed": failed,
    }
    write_in_any_case(path, json.dumps(document))
