"""The page with the commands has every command with its options, in each language, and shows texts as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from docs_site.reference.commands import commands_page
from mlproject.cli.main import build_app
from mlproject.translation import LANGUAGES, Language


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield " ".join(path), command
    else:
        for name, subcommand in subcommands.items():
            yield from commands(subcommand, (*path, name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_a_section_with_its_options(language: Language) -> None:
    page = commands_page(language)
    sections = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    expected = dict(commands(get_command(build_app())))
    assert sections.keys() == expected.keys()
    for name, command in expected.items():
        for parameter in command.params:
            named = parameter.opts[0] if parameter.param_type_name == "option" else ""
            assert f"`{named}" in sections[name], (name, parameter.name)


def test_both_languages_have_the_same_structure() -> None:
    english, spanish = (re.sub(r"[^#|\n`]+", "", commands_page(language)).count("|") for language in LANGUAGES)
    assert english == spanish
    assert commands_page("en") != commands_page("es")


def test_what_has_a_meaning_in_markdown_is_shown_as_it_is() -> None:
    assert "projects/\\*/project.yaml" in commands_page("en")
    assert "runs/\\<execution>/logs" in commands_page("en")
