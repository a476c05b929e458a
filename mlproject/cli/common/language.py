"""The language of help and output: English, or Spanish by the locale of the machine or the option --language.

A catalogue in `mlproject/cli/languages/` has each English text of the help with its translation, the one in
`mlproject/translation/` those of the output.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlproject.translation import LANGUAGES, Language

OPTION = "--language"

_CATALOGUES = Path(__file__).parents[1] / "languages"
# In the order of their precedence: https://www.gnu.org/software/gettext/manual/html_node/Locale-Environment-Variables.html
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
# Headings of typer, which have no option.
_HEADINGS = {
    "ARGUMENTS_PANEL_TITLE": "Argumentos",
    "OPTIONS_PANEL_TITLE": "Opciones",
    "COMMANDS_PANEL_TITLE": "Órdenes",
    "DEFAULT_STRING": "[por defecto: {}]",
    "REQUIRED_LONG_STRING": "[obligatorio]",
}
_HELP_OPTION = "Muestra este mensaje y termina."


def select_language(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language of a call: that of the option, otherwise that of the machine's locale, otherwise English.

    Args:
        arguments: of the command line, of which an invalid value of the option is left to its own check.
        environment: the environment variables.
    """
    for position, option in enumerate(arguments):
        value = arguments[position + 1] if option == OPTION and position + 1 < len(arguments) else option
        named = value.removeprefix(f"{OPTION}=")
        if option.startswith(OPTION) and named in LANGUAGES:
            return "es" if named == "es" else "en"
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return "es" if locale.partition("_")[0].partition(".")[0] == "es" else "en"


def take_option(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the option --language with its value, which typer expects before the command, and the other arguments."""
    rest = list(arguments)
    end = rest.index("--") if "--" in rest else len(rest)
    for position, argument in enumerate(rest[:end]):
        if argument == OPTION or argument.startswith(f"{OPTION}="):
            length = 2 if argument == OPTION else 1
            return rest[position : position + length], [*rest[:position], *rest[position + length :]]
    return [], rest


def read_catalogue(language: Language) -> Mapping[str, str]:
    """Return the translation of each English text; none for English."""
    if language == "en":
        return {}
    catalogue: dict[str, str] = json.loads((_CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
    return catalogue


def translate_help(command: Any, language: Language) -> None:
    """Translate the help of a command, its arguments and its subcommands in place.

    Args:
        command: a command or a group of typer.
        language: the language of the help.
    """
    if language == "en":
        return
    from typer import rich_utils  # takes time, and only this help needs it here

    for name, text in _HEADINGS.items():
        setattr(rich_utils, name, text)
    _translate(command, read_catalogue(language))


def _translate(command: Any, catalogue: Mapping[str, str]) -> None:
    for each in (command, *command.params):
        text = getattr(each, "help", None)
        if text:
            each.help = catalogue.get(text, text)
    help_option = command.get_help_option

    def translated_help_option(context: Any) -> Any:
        option = help_option(context)
        if option:
            option.help = _HELP_OPTION
        return option

    command.get_help_option = translated_help_option
    for subcommand in getattr(command, "commands", {}).values():
        _translate(subcommand, catalogue)
