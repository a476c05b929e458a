"""The scripts of notebook instances that are too long for a lifecycle script, as an archive in S3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mlproject.archives import reproducible_archive

_FOLDER = Path(__file__).parents[2] / "lifecycle_scripts" / "tools"


@dataclass(frozen=True, kw_only=True)
class Tools:
    """The archive of the tools in S3.

    Args:
        uri: S3 URI.
        sha256: SHA-256 hash of its bytes, which a notebook instance verifies.
    """

    uri: str
    sha256: str


def tools_archive(files_of_notebooks: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """Return lifecycle_scripts/tools/ and the files of a project's notebooks as a reproducible tar.gz.

    Args:
        files_of_notebooks: contents by path, see `notebook_files`.
    """
    files = [path for path in _FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    tools = {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in files}
    return reproducible_archive({**tools, **files_of_notebooks})
