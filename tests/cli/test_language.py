"""The help is in Spanish by the option or the locale of the machine, completely."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from typer.main import get_command

from mlproject.cli.common.language import read_catalogue, select_language, take_option
from mlproject.cli.main import build_app


@pytest.mark.parametrize(
    ("arguments", "variables", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "es_ES.UTF-8"}, "es"),
        ([], {"LANG": "es"}, "es"),
        ([], {"LANG": "est_EE"}, "en"),
        ([], {"LANG": "es_MX.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "C", "LC_ALL": "es_AR"}, "es"),
        ([], {"LANG": "es_ES", "LC_ALL": ""}, "es"),
        (["--language", "es", "cost"], {"LANG": "en_US"}, "es"),
        (["--language=en"], {"LANG": "es_ES"}, "en"),
        (["--language", "fr"], {"LANG": "es_ES"}, "es"),
        (["cost", "--language"], {}, "en"),
    ],
)
def test_the_option_comes_before_the_locale(arguments: list[str], variables: Mapping[str, str], language: str) -> None:
    assert select_language(arguments, variables) == language


@pytest.mark.parametrize(
    ("arguments", "option", "rest"),
    [
        (["demo", "--language", "es"], ["--language", "es"], ["demo"]),
        (["demo", "--language=es", "--project", "x"], ["--language=es"], ["demo", "--project", "x"]),
        (["--language", "es", "demo"], ["--language", "es"], ["demo"]),
        (["demo", "--language"], ["--language"], ["demo"]),
        (["spark", "submit", "--", "--language", "es"], [], ["spark", "submit", "--", "--language", "es"]),
        ([], [], []),
    ],
)
def test_the_option_may_follow_the_command(arguments: list[str], option: list[str], rest: list[str]) -> None:
    assert take_option(arguments) == (option, rest)


def texts(command: Any) -> Iterator[str]:
    yield from (text for each in (command, *command.params) if (text := getattr(each, "help", None)))
    for subcommand in getattr(command, "commands", {}).values():
        yield from texts(subcommand)


def test_every_text_of_the_help_is_translated_and_no_translation_is_left_over() -> None:
    english, spanish = set(texts(get_command(build_app()))), read_catalogue("es")
    assert english - spanish.keys() == set(), "add the translation to mlproject/cli/languages/es.json"
    assert spanish.keys() - english == set(), "remove the translation from mlproject/cli/languages/es.json"
    assert [text for text in spanish if spanish[text] in (text, "")] == []


def test_a_translation_names_the_same_options_files_and_commands() -> None:
    for english, spanish in read_catalogue("es").items():
        for mark in ("`", "--", "%%", ".yaml", ".json", "\n\n"):
            assert english.count(mark) == spanish.count(mark), english


def help_of(*arguments: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", *arguments, "--help"],
        env={**os.environ, "COLUMNS": "200", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_help_of_a_command_is_printed_in_the_language() -> None:
    spanish = help_of("--language", "es", "cost")
    assert "Estima lo que cuesta un proyecto al mes" in spanish
    assert "Opciones" in spanish
    assert "Muestra este mensaje y termina." in spanish
    assert help_of("cost", LC_ALL="es_ES.UTF-8") == spanish
    assert "Estimate what a project costs" in help_of("cost", LC_ALL="en_US.UTF-8")
