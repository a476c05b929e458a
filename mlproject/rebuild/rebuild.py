"""Rebuild one model: check out its commit, verify, run the pipeline on this machine, and compare."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.definition import read_definition
from mlproject.errors import UserError
from mlproject.names import Names
from mlproject.rebuild.comparison import Comparison, compare_models
from mlproject.rebuild.lineage import Lineage
from mlproject.rebuild.objects import read_object
from mlproject.rebuild.verification import download_data, library_differences, verify_definition, verify_scripts
from mlproject.runner import Observer, RunResult, run_definition_file
from mlproject.runner.storage.object_store import split_uri

# The bucket that a run with a definition file puts in place of the data bucket (mlproject/runner/local_file.py).
_LOCAL_DATA = "s3://data/"


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """The result of a rebuild.

    Args:
        lineage: what was recorded.
        comparison: the registered and the rebuilt model.
        libraries: libraries whose version here is not that of the image, one phrase each.
    """

    lineage: Lineage
    comparison: Comparison
    libraries: tuple[str, ...]


def rebuild_model(
    lineage: Lineage,
    *,
    names: Names,
    checkout: Path,
    pipeline: str,
    folder: Path,
    client: Callable[[str], Any],
    observer: Observer = lambda _: None,
    **options: Any,
) -> Rebuilt:
    """Verify a commit against a lineage, run its pipeline, and compare the model.

    Args:
        lineage: what is recorded about the model.
        names: names of the project in the environment.
        checkout: the commit, checked out.
        pipeline: name of the pipeline's folder.
        folder: an empty folder for data, runs and objects.
        client: returns boto3 clients of the environment.
        observer: called when a step starts or ends.
        options: further options of `run_definition_file`.

    Raises:
        UserError: the commit does not match the lineage, data is missing, or the pipeline registers no model.
    """
    source, s3 = checkout / "pipelines" / pipeline, client("s3")
    verify_definition(source, lineage)
    verify_scripts(source, lineage, s3)
    registered = _read(lineage.artifact, s3)
    registered_metrics = _read(lineage.metrics, s3) if lineage.metrics else None
    files = download_data(source, lineage, s3=s3, bucket=names.bucket("data"), target=folder / "data")
    declared = read_definition(source).parameters
    result = run_definition_file(
        file=source / "definition.json",
        code=source / "steps",
        data={f"{_LOCAL_DATA}{prefix}": path for prefix, path in files.items()},
        parameters={name: value for name, value in lineage.parameters.items() if name in declared},
        folder=folder / "run",
        reuse=False,
        observer=observer,
        **options,
    )
    package = _registered_package(result, folder / "run", lineage)
    rebuilt_metrics = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {}).get("S3Uri")
    objects = folder / "run" / "objects"
    return Rebuilt(
        lineage=lineage,
        comparison=compare_models(
            registered,
            _local(package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"], objects),
            registered_metrics=registered_metrics,
            rebuilt_metrics=_local(rebuilt_metrics, objects) if rebuilt_metrics else None,
        ),
        libraries=library_differences(source),
    )


def _registered_package(result: RunResult, folder: Path, lineage: Lineage) -> Mapping[str, Any]:
    """Return the arguments with which the run registered its model."""
    if result.failure or result.model_package_arn is None:
        reason = result.failure or "its conditions did not lead to the step that registers a model"
        raise UserError(f"the pipeline at commit {lineage.commit} registered no model this time: {reason}", exit_code=1)
    group, _, version = result.model_package_arn.rpartition(":model-package/")[2].partition("/")
    package: Mapping[str, Any] = json.loads((folder / "model-packages" / group / f"{version}.json").read_text())
    return package


def _local(uri: str, objects: Path) -> bytes:
    bucket, key = split_uri(uri)
    return (objects / bucket / key).read_bytes()


def _read(uri: str, s3: Any) -> bytes:
    return read_object(uri, s3, missing=f"{uri} no longer exists, so there is nothing to compare with.")
