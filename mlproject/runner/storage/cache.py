"""The step cache: results of earlier runs by a hash of everything that determines them.

A cache key covers the pipeline, the step's resolved arguments, the content of its inputs and code, the versions of
Python and of every installed library, and whether the step has a private /opt/ml. It excludes settings that cannot
change the result: instance, role, network, keys and the location of outputs. As on AWS, the outputs of a cache hit stay
where the earlier run wrote them (https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html). Unlike on
AWS, a result is reused only if every output still exists unchanged.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.runner.storage.object_store import Store, StoredObject, UnreachableError

# Increased when entries or the environment that the runner provides to steps change, which invalidates old entries.
FORMAT = 3


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The result of a step.

    Args:
        execution_arn: the ARN of the execution that created it.
        properties: the values of `Steps.<name>.*` references.
        outputs: the URI of each output by its name.
        objects: every output object.
        property_files: parsed JSON by property file name.
    """

    execution_arn: str
    properties: Mapping[str, Any]
    outputs: Mapping[str, str]
    objects: tuple[StoredObject, ...]
    property_files: Mapping[str, Any]


class Cache:
    """Cache entries in a folder, one file each, written atomically.

    Args:
        folder: created with the first entry.
        reuse: whether to reuse results of earlier runs.
        save: whether to save results for later runs.
    """

    def __init__(self, folder: Path, *, reuse: bool = True, save: bool = True) -> None:
        self._folder = folder
        self._reuse = reuse
        self._save = save

    def find(self, key: str, store: Store) -> Entry | None:
        """Return the entry of a key if all its outputs still exist and can be read; otherwise None."""
        if not self._reuse:
            return None
        entry = self._read(key)
        if entry is None:
            return None
        try:
            return entry if _all_exist(entry.objects, store) else None
        except UnreachableError:
            raise
        except UserError:
            return None  # the role can no longer read the outputs, so the step must run

    def save(self, key: str, entry: Entry) -> None:
        """Save an entry. Of two runs with the same key the last one wins; both entries are valid."""
        if self._save:
            text = json.dumps(asdict(entry))
            write_atomically(self._folder / f"{key}.json", json.dumps({"sha256": _digest(text), "entry": text}))

    def _read(self, key: str) -> Entry | None:
        """Return the entry of a key; None if there is none, or if something has damaged its file."""
        try:
            saved = json.loads((self._folder / f"{key}.json").read_bytes())
            if saved["sha256"] != _digest(saved["entry"]):
                return None
            data = json.loads(saved["entry"])
            objects = tuple(StoredObject(**item) for item in data.pop("objects"))
            return Entry(objects=objects, **data)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def cache_key(*parts: Any) -> str:
    """Return the cache key of everything that determines a result."""
    text = json.dumps([FORMAT, environment(), *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def environment() -> tuple[str, ...]:
    """Return the versions of Python and of every distribution that a step can import."""
    found = {sys.version}
    for folder in sys.path:
        if folder and Path(folder).is_dir():
            names = (item.name for item in os.scandir(folder))
            found.update(name for name in names if name.endswith((".dist-info", ".egg-info")))
    return tuple(sorted(found))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _all_exist(objects: tuple[StoredObject, ...], store: Store) -> bool:
    if not objects:
        return True
    # One listing of the common prefix instead of one call per object.
    uris = [found.uri for found in objects]
    prefix = os.path.commonprefix(uris)  # noqa: RUF071  # S3 compares by character too
    if prefix.count("/") < 4:
        return all(found in store.list(found.uri) for found in objects)
    return set(objects) <= set(store.list(prefix))
