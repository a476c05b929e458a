"""Find scripts that use the path /opt/ml directly, which cannot run without a private /opt/ml.

A script that reads SAGEMAKER_BASE_DIR, as AWS's training toolkit does, finds its folders at any location.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.container import script_mode
from mlproject.runner.container.isolation import BASE, ISOLATIONS, default_isolation, isolation_problem
from mlproject.runner.container.opt_ml import BASE_IN_TEXT
from mlproject.runner.storage.object_store import join_uri

_AWARE = "SAGEMAKER_BASE_DIR"
_ARCHIVES = (".tar.gz", ".tgz", ".tar")


def code_uris(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield the S3 URIs of a job's code that are known before the run.

    Args:
        arguments: the arguments of a Processing or Training step, with parameters resolved.
    """
    application = arguments.get("AppSpecification", {})
    words = [*application.get("ContainerEntrypoint", ()), *application.get("ContainerArguments", ())]
    for item in arguments.get("ProcessingInputs", ()):
        local, uri = (item.get("S3Input", {}).get(key) for key in ("LocalPath", "S3Uri"))
        for word in words:
            if isinstance(uri, str) and isinstance(word, str) and word.startswith(f"{local}/"):
                relative = word.removeprefix(f"{local}/")
                yield uri if uri.endswith(f"/{relative}") else join_uri(uri, relative)
    submitted = script_mode.decode_hyperparameters(arguments.get("HyperParameters", {})).get(
        script_mode.SUBMIT_DIRECTORY
    )
    if isinstance(submitted, str):
        yield submitted


def find_fixed_path(name: str, content: bytes) -> str | None:
    """Return the first script (the file, or one in an archive) that uses the path /opt/ml directly; None if none does.

    Args:
        name: the file's name.
        content: a script, or a tar archive of scripts; other files are ignored.

    Raises:
        UserError: an archive cannot be read.
    """
    if name.endswith(_ARCHIVES):
        return next((member for member, text in script_texts(name, content) if _uses_fixed_path(text)), None)
    return name if is_script(name) and _uses_fixed_path(content) else None


def script_texts(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a script, or the scripts in an archive, with their names.

    Raises:
        UserError: an archive cannot be read.
    """
    if name.endswith(_ARCHIVES):
        yield from _members(name, content)
    elif is_script(name):
        yield name, content


def is_script(name: str) -> bool:
    return PurePosixPath(name).suffix in {".py", ".sh"}


def fixed_path_error(script: str) -> str:
    """Return why a script cannot run with `prefix`, and how to fix it."""
    remedy = "omit --isolation prefix"
    if default_isolation() == "prefix":
        problems = {isolation: isolation_problem(isolation) for isolation in ISOLATIONS}
        tried = "; ".join(f"{isolation}: {problem}" for isolation, problem in problems.items() if problem)
        remedy = f"enable user namespaces or install bubblewrap to give it a private one ({tried})"
    return (
        f"its script {script} uses the path {BASE} directly, which would be this machine's {BASE}: "
        f"{remedy}, or read {_AWARE} in the script"
    )


def _uses_fixed_path(content: bytes) -> bool:
    text = content.decode(errors="replace")
    return BASE_IN_TEXT.search(text) is not None and _AWARE not in text


def member_names(name: str, content: bytes) -> frozenset[str]:
    """Return the names of the files in an archive.

    Raises:
        UserError: the archive cannot be read.
    """
    with _opened(name, content) as archive:
        return frozenset(PurePosixPath(member).as_posix() for member in archive.getnames())


def _members(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    with _opened(name, content) as archive:
        for member in archive:
            file = archive.extractfile(member) if is_script(member.name) else None
            if file:
                yield member.name, file.read()


@contextmanager
def _opened(name: str, content: bytes) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(fileobj=BytesIO(content)) as archive:
            yield archive
    except (tarfile.TarError, EOFError, zlib.error) as error:
        reason = str(error).splitlines()[0].rstrip(":")
        raise UserError(f"{name}: is not a readable tar archive ({reason}).") from error
