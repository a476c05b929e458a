"""Compare a rebuilt model with the registered one: by the files in the artifact, and by the metrics."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.errors import UserError


@dataclass(frozen=True, kw_only=True)
class MetricChange:
    """A metric with different values.

    Args:
        name: path of the metric in its file, such as `classes.0.recall`.
        registered: value of the registered model; None if it has none.
        rebuilt: value of the rebuilt model; None if it has none.
    """

    name: str
    registered: Any
    rebuilt: Any


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The result of a comparison.

    Args:
        registered_sha256: hash of the names and contents of the registered artifact's files.
        rebuilt_sha256: the same of the rebuilt artifact.
        files: names of the files that differ, or that only one artifact has.
        metrics: the metrics that differ.
    """

    registered_sha256: str
    rebuilt_sha256: str
    files: tuple[str, ...]
    metrics: tuple[MetricChange, ...]

    @property
    def identical(self) -> bool:
        """Whether the artifacts contain the same files."""
        return self.registered_sha256 == self.rebuilt_sha256


def compare_models(
    registered: bytes, rebuilt: bytes, *, registered_metrics: bytes | None, rebuilt_metrics: bytes | None
) -> Comparison:
    """Compare two artifacts, without the times and owners in their archives, and their metrics.

    Args:
        registered: the registered model.tar.gz.
        rebuilt: the rebuilt one.
        registered_metrics: the registered metrics in JSON, or None.
        rebuilt_metrics: the rebuilt ones, or None.

    Raises:
        UserError: an artifact is not a tar.gz, or metrics are not JSON.
    """
    before, after = unpacked_hashes(registered), unpacked_hashes(rebuilt)
    return Comparison(
        registered_sha256=_joined_hash(before),
        rebuilt_sha256=_joined_hash(after),
        files=tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name))),
        metrics=_changes(_metrics(registered_metrics), _metrics(rebuilt_metrics)),
    )


def unpacked_hashes(archive: bytes) -> Mapping[str, str]:
    """Return the SHA-256 of each file in a tar archive, by its name.

    Raises:
        UserError: it is not a tar archive.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            return {
                member.name.removeprefix("./"): hashlib.sha256(file.read()).hexdigest()
                for member in tar
                if (file := tar.extractfile(member)) is not None
            }
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UserError(f"the artifact of a model is not a tar.gz: {error}.", exit_code=1) from error


def _joined_hash(hashes: Mapping[str, str]) -> str:
    listing = "\n".join(f"{sha256}  {name}" for name, sha256 in sorted(hashes.items()))
    return hashlib.sha256(listing.encode()).hexdigest()


def _metrics(content: bytes | None) -> Mapping[str, Any]:
    if content is None:
        return {}
    try:
        return dict(_flat(json.loads(content), ""))
    except ValueError as error:
        raise UserError(f"the metrics of a model are not JSON: {error}.", exit_code=1) from error


def _flat(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for name, inner in value.items() for pair in _flat(inner, f"{path}.{name}" if path else name)]
    if isinstance(value, list):
        return [pair for at, inner in enumerate(value) for pair in _flat(inner, f"{path}.{at}" if path else str(at))]
    return [(path, value)]


def _changes(registered: Mapping[str, Any], rebuilt: Mapping[str, Any]) -> tuple[MetricChange, ...]:
    return tuple(
        MetricChange(name=name, registered=registered.get(name), rebuilt=rebuilt.get(name))
        for name in dict.fromkeys([*registered, *rebuilt])
        if registered.get(name) != rebuilt.get(name)
    )
