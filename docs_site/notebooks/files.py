"""The committed pages: written only if an output changed, and locked together with what they were made from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from docs_site.notebooks.pages import IMAGES, LANGUAGES, SOURCES
from docs_site.notebooks.spark_outputs import LOG_LINE
from mlproject.files import write_atomically

LOCK = Path("docs_site/notebooks/pages.lock.json")
# Of the project of the product's tests, with which the notebooks are executed.
_LIBRARIES = "tests/example/projects/flights/libraries/locks/notebook/notebook.txt"
# What differs between two executions: measured seconds, the ports of the embedded AWS and of Livy, logs of Spark.
_VOLATILE = re.compile(r"(?<=: )\d+\.\d\d s(?=, )|(?<=localhost:)\d+")


def without_volatile(text: str) -> str:
    """Return the text of a page without what differs between two executions."""
    return LOG_LINE.sub("…", _VOLATILE.sub("…", text))


def write_files(files: Mapping[Path, bytes], root: Path) -> list[Path]:
    """Replace the pages of all notebooks, and return the paths that were written or deleted.

    A page that differs only in what each execution changes is kept, so that executing a notebook again changes nothing.

    Args:
        files: content of all pages and pictures, by path in the repository.
        root: the checkout.
    """
    changed = [path for path in _committed(root) if path not in files]
    for path in changed:
        (root / path).unlink()
    for path, content in files.items():
        if not _shows_the_same(root / path, content):
            write_atomically(root / path, content)
            changed.append(path)
    write_atomically(root / LOCK, json.dumps(digests(root), indent=2) + "\n")
    return changed


def _shows_the_same(path: Path, content: bytes) -> bool:
    if not path.exists():
        return False
    if path.suffix == ".md":
        return without_volatile(path.read_text()) == without_volatile(content.decode())
    return path.read_bytes() == content


def digests(root: Path) -> dict[str, str]:
    """Return the sha256 of the sources, of the locked libraries, and of the pages and pictures made from them.

    Args:
        root: the checkout.
    """
    sources = sorted(path.relative_to(root) for path in (root / SOURCES / "sources").glob("*.py"))
    paths = [Path(_LIBRARIES), *sources, *_committed(root)]
    return {path.as_posix(): hashlib.sha256((root / path).read_bytes()).hexdigest() for path in paths}


def _committed(root: Path) -> list[Path]:
    pages = (path for language in LANGUAGES for path in (root / "docs" / language / "notebooks").glob("*.md"))
    pictures = (path for path in (root / IMAGES).rglob("*") if path.is_file())
    return sorted(path.relative_to(root) for path in (*pages, *pictures))
