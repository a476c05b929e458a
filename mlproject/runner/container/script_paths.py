"""Scripts that name /opt/ml themselves, where steps have no private one: refused before they run.

A script that reads SAGEMAKER_BASE_DIR, as AWS's training toolkit does, finds its folders wherever they are.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.container import script_mode
from mlproject.runner.container.isolation import BASE, ISOLATIONS, default_isolation, isolation_problem
from mlproject.runner.container.opt_ml import BASE_IN_TEXT
from mlproject.runner.storage.object_store import uri_below

_AWARE = "SAGEMAKER_BASE_DIR"


def code_addresses(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Where the code of a job's container lies in S3, as far as its arguments say so before the run.

    Args:
        arguments: of a Processing or Training step, its parameters resolved.
    """
    application = arguments.get("AppSpecification", {})
    words = [*application.get("ContainerEntrypoint", ()), *application.get("ContainerArguments", ())]
    for item in arguments.get("ProcessingInputs", ()):
        local, uri = (item.get("S3Input", {}).get(key) for key in ("LocalPath", "S3Uri"))
        for word in words:
            if isinstance(uri, str) and isinstance(word, str) and word.startswith(f"{local}/"):
                relative = word.removeprefix(f"{local}/")
                yield uri if uri.endswith(f"/{relative}") else uri_below(uri, relative)
    submitted = script_mode.decoded(arguments.get("HyperParameters", {})).get(script_mode.SUBMIT_DIRECTORY)
    if isinstance(submitted, str):
        yield submitted


def names_base(name: str, content: bytes) -> str | None:
    """The script that names /opt/ml itself: the file, or one in an archive; None if none does.

    Args:
        name: the file's.
        content: a script, or a tar archive of scripts; anything else is passed over.

    Raises:
        UserError: an archive cannot be read.
    """
    if name.endswith((".tar.gz", ".tgz", ".tar")):
        return next((member for member, text in _members(content) if _names_base(text)), None)
    return name if is_script(name) and _names_base(content) else None


def is_script(name: str) -> bool:
    return PurePosixPath(name).suffix in {".py", ".sh"}


def refusal(script: str) -> str:
    """Why a script cannot run with a prefix, and what helps."""
    remedy = "leave out --isolation prefix"
    if default_isolation() == "prefix":
        problems = {isolation: isolation_problem(isolation) for isolation in ISOLATIONS}
        tried = "; ".join(f"{isolation}: {problem}" for isolation, problem in problems.items() if problem)
        remedy = f"allow user namespaces or install bubblewrap, so that it gets a private one ({tried})"
    return f"its script {script} names {BASE} itself and would use this machine's: {remedy}, or read {_AWARE} in it"


def _names_base(content: bytes) -> bool:
    text = content.decode(errors="replace")
    return BASE_IN_TEXT.search(text) is not None and _AWARE not in text


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=BytesIO(content)) as archive:
            for member in archive:
                file = archive.extractfile(member) if is_script(member.name) else None
                if file:
                    yield member.name, file.read()
    except tarfile.TarError as error:
        raise UserError(f"the archive of a step's code cannot be read ({error}).", exit_code=1) from error
