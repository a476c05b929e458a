"""Errors in the arguments of a command, which typer words in English only, in the selected language."""

from __future__ import annotations

import re
from string import Formatter

from typer.exceptions import TyperException

from mlproject.translation import Message, translated

# The sentences of typer, as `Message` writes them. A sentence before another one wins.
_SENTENCES = (
    Message("No such command {command}."),
    Message("No such option: {option} (Possible options: {options})"),
    Message("No such option: {option}"),
    Message("Missing command."),
    Message("Missing argument {argument}."),
    Message("Missing option {option}."),
    Message("Missing parameter {parameter}."),
    Message("Got unexpected extra argument(s) ({arguments})"),
    Message("Option {option} requires an argument."),
    Message("Option {option} does not take a value."),
    Message("Invalid value for {parameter}: {problem}"),
    Message("{value} is not one of {values}."),
    Message("{value} is not a valid {type}."),
    Message("Did you mean {name}?"),
    Message("write it after the command, or with --version."),
    Message("Value error, {problem}"),
    Message("Input should be a valid integer, unable to parse string as an integer"),
)


def translate_usage_error(error: TyperException) -> str:
    """Return the message of an error in the arguments; in English if typer words it in a new way."""
    return _translate(error.format_message())


def _translate(text: str) -> str:
    for sentence in _SENTENCES:
        found = re.fullmatch(_pattern(sentence), text)
        if found:
            return translated(
                sentence.template, **{name: _translate(value) for name, value in found.groupdict().items()}
            )
    first, separator, rest = text.partition(". Did you mean ")
    if separator:
        return f"{_translate(f'{first}.')} {_translate(f'Did you mean {rest}')}"
    return text


def _pattern(sentence: Message) -> str:
    """Return the regular expression of a sentence, with a group for each value."""
    parts = Formatter().parse(sentence.template)
    return "".join(f"{re.escape(text)}{f'(?P<{name}>.+?)' if name else ''}" for text, name, _, _ in parts)
