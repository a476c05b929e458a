"""The options of `mlproject run`: which of them can be combined, and their values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlproject.errors import UserError
from mlproject.translation import Message

if TYPE_CHECKING:
    from mlproject.runner import Interpreter, Permissions


def permission_mode(permissions: str, definition: Path | None) -> Permissions:
    """Return the value of --permissions.

    Raises:
        UserError: it is unknown, or cannot be used with a definition file.
    """
    from mlproject.runner import PERMISSIONS

    if definition and permissions == "report":
        raise UserError(
            Message(
                "--permissions report: a definition from a file runs without AWS, where no permission is evaluated; "
                "run a deployed project instead."
            )
        )
    for known in PERMISSIONS:
        if known == permissions:
            return known
    raise UserError(
        Message(
            "--permissions {value}: must be {allowed}.",
            value=permissions,
            allowed=" or ".join(PERMISSIONS),
        )
    )


def check_choice(
    project: str | None,
    pipeline: str | None,
    environment: str | None,
    definition: Path | None,
    isolation: str | None,
) -> None:
    """Raise unless the options name exactly one definition to run.

    Raises:
        UserError: they name none or several, or the isolation is unknown.
    """
    from mlproject.runner import ISOLATIONS

    if isolation is not None and isolation not in ISOLATIONS:
        raise UserError(
            Message(
                "--isolation {isolation}: must be one of {allowed}.",
                isolation=isolation,
                allowed=", ".join(ISOLATIONS),
            )
        )
    if definition and (project or pipeline or environment):
        raise UserError(Message("--definition runs a file; leave out the project, --pipeline and --environment."))
    if project and pipeline:
        raise UserError(Message("--pipeline names a deployed pipeline; leave out the project."))
    if not definition and not ((project or pipeline) and environment):
        raise UserError(
            Message(
                "name a project and where it is deployed (mlproject run flights --environment local), a deployed "
                "pipeline (--pipeline NAME --environment local), or a file (--definition definition.json --code steps)."
            )
        )


def reject_local_options(environment: str, *, image: Mapping[str, Any], stand_in: Mapping[str, Any]) -> None:
    """Raise for options that only apply to steps that run on this machine.

    Raises:
        UserError: there are such options.
    """
    given = [name for name, values in (("--image", image), ("--stand-in", stand_in)) if values]
    if given:
        raise UserError(
            Message(
                "{given}: environment {environment} is in AWS, which runs the steps itself.",
                given=", ".join(given),
                environment=environment,
            )
        )


def read_interpreters(texts: list[str]) -> dict[str, Interpreter]:
    """Return the interpreter for each image in --image NAME=PYTHON."""
    from mlproject.runner import read_interpreter

    pairs = parse_pairs(texts, option="--image", form="NAME=PYTHON")
    return {name: read_interpreter(name, path) for name, path in pairs.items()}


def read_stand_ins(texts: list[str]) -> dict[str, Mapping[str, Any]]:
    """Return the properties of each step in --stand-in STEP=FILE.json."""
    from mlproject.runner import read_stand_in

    pairs = parse_pairs(texts, option="--stand-in", form="STEP=FILE.json")
    return {step: read_stand_in(step, Path(path)) for step, path in pairs.items()}


def parse_pairs(texts: list[str], *, option: str, form: str) -> dict[str, str]:
    """Return the values of a repeatable option by name.

    Raises:
        UserError: a text does not have the form, or a name occurs twice.
    """
    pairs = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise UserError(Message("{option} {text!r}: must be {form}.", option=option, text=text, form=form))
        if name in pairs:
            raise UserError(Message("{option} {name}: given twice.", option=option, name=name))
        pairs[name] = value
    return pairs
