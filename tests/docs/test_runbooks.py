"""The runbooks of the alarms: the AWS commands on their pages exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from tests.docs.pages import DOCS, LANGUAGES

PAGES = sorted(path for language in LANGUAGES for path in (DOCS / language / "runbooks").glob("*.md"))
# https://docs.aws.amazon.com/cli/latest/reference/#global-options
GLOBAL_OPTIONS = {"query", "output", "region", "max-items"}
HEADINGS = {
    "en": ["## What it means", "## Look at it", "## What to do"],
    "es": ["## Qué significa", "## Cómo investigarlo", "## Qué hacer"],
}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_runbook_explains_shows_and_remedies_with_commands_that_exist(path: Path) -> None:
    text = path.read_text()
    language = path.parts[-3]
    assert re.findall("^## .*", text, re.MULTILINE) == HEADINGS[language]
    commands = re.findall(r"^\$ aws (.*)", text, re.MULTILINE) + re.findall("`aws ([^`]+)`", text)
    assert commands
    for command in commands:
        check_command(shlex.split(command))


def check_command(words: list[str]) -> None:
    """Compare a command of the AWS CLI with botocore's model of the service."""
    service, operation, *rest = words
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    known = {xform_name(name, "-") for name in shape.members} | GLOBAL_OPTIONS
    given = {word.removeprefix("--") for word in rest if word.startswith("--")}
    assert given <= known, words
    assert {xform_name(name, "-") for name in shape.required_members} <= given, words
