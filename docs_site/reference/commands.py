"""The page with every command of `mlproject`, from the help that the commands print themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from typer.main import get_command

from mlproject.cli.common.language import read_catalogue
from mlproject.cli.main import build_app
from mlproject.translation import Language


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The words of the page in a language."""

    title: str
    introduction: str
    head: str
    default: str
    required: str


_WORDS: dict[Language, _Words] = {
    "en": _Words(
        title="Commands",
        introduction=(
            "Every command of `mlproject` with its arguments and options, from the text that `--help` prints. "
            "`mlproject --language es --help` prints it in Spanish, which is the default on a machine with a Spanish "
            "locale."
        ),
        head="| argument or option | meaning |",
        default="Default: {}.",
        required="Required.",
    ),
    "es": _Words(
        title="Órdenes",
        introduction=(
            "Todas las órdenes de `mlproject` con sus argumentos y opciones, con el texto que imprime `--help`. "
            "`mlproject --language en --help` lo imprime en inglés; en una máquina configurada en español, la ayuda "
            "está en español."
        ),
        head="| argumento u opción | significado |",
        default="Por defecto: {}.",
        required="Obligatorio.",
    ),
}


@cache
def commands_page(language: Language) -> str:
    """Return the page as Markdown."""
    words, catalogue = _WORDS[language], read_catalogue(language)

    def translated(text: str) -> str:
        return _as_markdown(catalogue.get(text, text))

    lines = [f"# {words.title}", "", words.introduction, ""]
    for path, command in _leaves(get_command(build_app()), ("mlproject",)):
        lines += [f"## {' '.join(path[1:])}", "", "```console", f"$ {_usage(path, command)}", "```", ""]
        lines += [*_paragraphs(translated(command.help)), ""]
        rows = [_row(each, words, translated(each.help or "")) for each in command.params if not each.hidden]
        lines += [words.head, "|---|---|", *rows, ""] if rows else []
    return "\n".join(lines)


def _leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and each command that is no group, in the order of its name."""
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield path, command
        return
    for name, subcommand in sorted(subcommands.items()):
        yield from _leaves(subcommand, (*path, name))


def _usage(path: tuple[str, ...], command: Any) -> str:
    """Return the shortest call of a command: with its required arguments and options."""
    required = [each for each in command.params if each.required]
    options = [f"{each.opts[0]} {_metavar(each)}" for each in required if each.param_type_name == "option"]
    arguments = [_metavar(each) for each in required if each.param_type_name == "argument"]
    return " ".join([*path, *arguments, *options])


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name).upper().strip("{}<>")


def _row(parameter: Any, words: _Words, text: str) -> str:
    is_option = parameter.param_type_name == "option"
    names = [*parameter.opts, *parameter.secondary_opts] if is_option else [_metavar(parameter)]
    meaning = [text.replace("\n", " ")]
    if parameter.required:
        meaning.append(words.required)
    elif parameter.default not in (None, False) and not callable(parameter.default) and not parameter.multiple:
        meaning.append(words.default.format(f"`{parameter.default}`"))
    return f"| {', '.join(f'`{name}`' for name in names)} | {' '.join(meaning)} |"


def _as_markdown(text: str) -> str:
    """Return a text in which only code in backticks has a meaning for Markdown."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([\\*<\[|])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def _paragraphs(text: str) -> list[str]:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")).splitlines()
