"""Verify that a commit contains what trained a model: definition, scripts, data and libraries."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from mlproject import data
from mlproject.definition import read_definition
from mlproject.definition.scripts.archive import training_archive
from mlproject.errors import UserError
from mlproject.parameters import parse_requirement_lines
from mlproject.rebuild.comparison import unpacked_hashes
from mlproject.rebuild.lineage import Lineage
from mlproject.rebuild.objects import is_missing, read_object

_CODE = (".py", ".gz")
IMAGE_LOCK = "image.txt"


def verify_definition(folder: Path, lineage: Lineage) -> None:
    """Verify that a commit's definition is the one with which the model was registered.

    Args:
        folder: the pipeline's folder in the commit.
        lineage: what is recorded.

    Raises:
        UserError: the commit has no such pipeline, or another definition.
    """
    if not folder.is_dir():
        raise UserError(
            f"commit {lineage.commit} has no folder pipelines/{folder.name}, so it is not the one that trained "
            f"{lineage.package_arn}.",
            topic="model-not-rebuildable",
        )
    found = read_definition(folder).hash
    if found != lineage.definition_hash:
        raise UserError(
            f"the definition of {folder.name} at commit {lineage.commit} has the hash {found}, but "
            f"{lineage.package_arn} was registered with {lineage.definition_hash}: another commit was deployed than "
            "the one that started the pipeline. Deploy and run from the same commit, and train the model again.",
            exit_code=1,
            topic="model-not-rebuildable",
        )


def verify_scripts(folder: Path, lineage: Lineage, s3: Any) -> None:
    """Verify that the scripts that ran are those of the commit.

    Args:
        folder: the pipeline's folder in the commit.
        lineage: what is recorded.
        s3: a boto3 client.

    Raises:
        UserError: a script is gone, or differs.
    """
    scripts = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("steps/*.py")}
    archives = [unpacked_hashes(training_archive(folder, script=path.name)) for path in folder.glob("steps/*.py")]
    for uri in dict.fromkeys(_code_uris(lineage.definition)):
        content = _read(uri, s3, lineage)
        same = (
            unpacked_hashes(content) in archives
            if uri.endswith(".gz")
            else hashlib.sha256(content).hexdigest() in scripts
        )
        if not same:
            raise UserError(
                f"{uri}, which trained {lineage.package_arn}, is no script of {folder.name} at commit "
                f"{lineage.commit}: another commit was deployed than the one that started the pipeline. Deploy and run "
                "from the same commit, and train the model again.",
                exit_code=1,
                topic="model-not-rebuildable",
            )


def download_data(folder: Path, lineage: Lineage, *, s3: Any, bucket: str, target: Path) -> dict[str, Path]:
    """Download the data set from the data bucket, and verify it against the commit's data.json.

    Args:
        folder: the pipeline's folder in the commit.
        lineage: what is recorded.
        s3: a boto3 client.
        bucket: the project's data bucket.
        target: a new folder for the files.

    Returns:
        The downloaded folder by the prefix of its objects in the bucket; empty if the pipeline has no data set.

    Raises:
        UserError: data.json describes another version, or objects are gone or differ.
    """
    if not (folder / data.DATA_FILE).exists():
        return {}
    dataset = data.read(folder)
    if lineage.data_version is not None and dataset.version != lineage.data_version:
        raise UserError(
            f"{lineage.package_arn} was trained on the data {lineage.data_version}, but {data.DATA_FILE} at commit "
            f"{lineage.commit} describes {dataset.version}, so its hashes cannot be verified.",
            topic="model-not-rebuildable",
        )
    for file in dataset.files:
        path = target / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            s3.download_file(bucket, f"{dataset.prefix}{file.name}", str(path))
        except ClientError as error:
            if not is_missing(error):
                raise
            raise UserError(
                f"the data that trained {lineage.package_arn} is no longer at hand: "
                f"s3://{bucket}/{dataset.prefix}{file.name} does not exist. Check commit {lineage.commit} out, and "
                "bring it back with `mlproject data push`.",
                exit_code=1,
                topic="model-not-rebuildable",
            ) from error
        with path.open("rb") as content:
            actual = hashlib.file_digest(content, "sha256").hexdigest()
        if actual != file.sha256:
            raise UserError(
                f"s3://{bucket}/{dataset.prefix}{file.name} is not the file that {data.DATA_FILE} describes at commit "
                f"{lineage.commit} (SHA-256 {file.sha256}). Restore the object's earlier version.",
                exit_code=1,
                topic="model-not-rebuildable",
            )
    return {dataset.prefix: target}


def library_differences(folder: Path) -> tuple[str, ...]:
    """Return the libraries that are installed here in another version than the commit's lock of the image has.

    Args:
        folder: the pipeline's folder in the commit.
    """
    lock = folder / IMAGE_LOCK
    if not lock.is_file():
        return ()
    differences = []
    for line in parse_requirement_lines(lock.read_text()):
        name, _, locked = line.text.partition("==")
        name, locked = name.strip(), locked.partition(";")[0].strip()
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            installed = "not installed"
        if locked and installed != locked:
            differences.append(f"{name} {locked} in the image, {installed} here")
    return tuple(differences)


def _code_uris(value: Any) -> Iterator[str]:
    """Yield the URIs of scripts in a definition."""
    if isinstance(value, dict):
        for member in value.values():
            yield from _code_uris(member)
    elif isinstance(value, list):
        for item in value:
            yield from _code_uris(item)
    elif isinstance(value, str) and value.startswith("s3://") and value.endswith(_CODE):
        yield value


def _read(uri: str, s3: Any, lineage: Lineage) -> bytes:
    return read_object(
        uri,
        s3,
        missing=f"{uri}, the code that trained {lineage.package_arn}, no longer exists, so it cannot be compared with "
        f"commit {lineage.commit}. Deploy that commit again, which uploads it.",
    )
