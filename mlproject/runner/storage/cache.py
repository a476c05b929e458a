"""What earlier runs made, by the content of what they were made from.

A key covers the pipeline, a step's resolved arguments, the content of its input objects and of its code, the versions
of Python and of every installed library, and whether the step sees the true /opt/ml. It leaves out what cannot change
the result: instance, role, network, keys, where outputs go. As on AWS, after a hit the outputs stay where the old run
wrote them (https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html); unlike there, a hit counts only
while every one of them still exists unchanged.
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

# Raised when what a step sees from the runner changes, so that old entries no longer count.
FORMAT = 2


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The result of a step.

    Args:
        execution_arn: the run that made it.
        properties: what `Steps.<name>.*` references see.
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
    """Entries in a folder, one file each, written whole or not at all.

    Args:
        folder: made when the first entry is kept.
        reuse: False keeps results but takes none.
        keeps: False leaves no results for later runs.
    """

    def __init__(self, folder: Path, *, reuse: bool = True, keeps: bool = True) -> None:
        self._folder = folder
        self._reuse = reuse
        self._keeps = keeps

    def find(self, key: str, store: Store) -> Entry | None:
        """The entry of a key whose outputs all still exist and may be read; None if there is none, or it is damaged."""
        if not self._reuse:
            return None
        try:
            data = json.loads((self._folder / f"{key}.json").read_bytes())
            objects = tuple(StoredObject(**item) for item in data.pop("objects"))
            entry = Entry(objects=objects, **data)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        try:
            return entry if _all_exist(entry.objects, store) else None
        except UnreachableError:
            raise
        except UserError:
            return None  # the role may not look at them any more, so the step has to make its own

    def keep(self, key: str, entry: Entry) -> None:
        """Write an entry; of two runs with the same key the last wins, and both are right."""
        if self._keeps:
            write_atomically(self._folder / f"{key}.json", json.dumps(asdict(entry)))


def key_of(*parts: Any) -> str:
    """The key of everything that decides a result."""
    text = json.dumps([FORMAT, environment(), *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def environment() -> tuple[str, ...]:
    """The versions of Python and of every distribution that a step could import."""
    found = {sys.version}
    for folder in sys.path:
        if folder and Path(folder).is_dir():
            names = (item.name for item in os.scandir(folder))
            found.update(name for name in names if name.endswith((".dist-info", ".egg-info")))
    return tuple(sorted(found))


def _all_exist(objects: tuple[StoredObject, ...], store: Store) -> bool:
    if not objects:
        return True
    # one listing of what they have in common instead of one question per object
    uris = [found.uri for found in objects]
    prefix = os.path.commonprefix(uris)  # noqa: RUF071  # S3 compares by character too
    if prefix.count("/") < 4:
        return all(found in store.list(found.uri) for found in objects)
    return set(objects) <= set(store.list(prefix))
