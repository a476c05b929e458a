"""Render the two scripts of a notebook's lifecycle configuration from lifecycle_scripts/ and the settings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Literal

from mlproject.errors import UserError
from mlproject.node_scripts.settings import NotebookSettings

Hook = Literal["on_create", "on_start"]

# 16,384 characters of base64 (https://docs.aws.amazon.com/sagemaker/latest/APIReference/
# API_NotebookInstanceLifecycleHook.html). cfn-lint counts the characters before the encoding and misses longer scripts.
SCRIPT_LIMIT = 12_288

_FOLDER = Path(__file__).parents[2] / "lifecycle_scripts"
_MARKER = re.compile(r"^# <(settings|part (?P<part>[a-z_.]+))>\n", re.MULTILINE)
# Comments are removed because the size of a script is limited.
_COMMENT = re.compile(r"^ *#(?!!).*\n", re.MULTILINE)
_HOME = "/opt/mlproject"
# Writes to another name and renames it, so that a running script keeps its old text.
_WRITE = (
    "cat >{home}/.new <<'END_OF_{tag}'\n{text}END_OF_{tag}\nchmod 755 {home}/.new && mv -f {home}/.new {home}/{name}\n"
)


def lifecycle_script(hook: Hook, settings: NotebookSettings) -> str:
    """Return the text of a lifecycle script, to be encoded with Fn::Base64.

    Args:
        hook: when the script runs.
        settings: settings of the notebook instance.

    Raises:
        UserError: the script is longer than SageMaker allows.
    """
    source = (_FOLDER / f"{hook}.sh").read_text()

    def replacement(marker: re.Match[str]) -> str:
        if marker["part"]:
            return _write_command(marker["part"], _without_comments((_FOLDER / "parts" / marker["part"]).read_text()))
        return f"mkdir -p {_HOME}\n" + _write_command("settings", _assignments(settings)) + f". {_HOME}/settings\n"

    # Markers are comments too, so they are replaced before the comments are removed.
    text = _without_comments(_MARKER.sub(replacement, source))
    size = len(text.encode())
    if size > SCRIPT_LIMIT:
        raise UserError(
            f"lifecycle_scripts/{hook}.sh of {settings.notebook}: {size} bytes with its parts and settings, "
            f"but SageMaker allows {SCRIPT_LIMIT}. Shorten the script, or the values in project.yaml."
        )
    return text


def _assignments(settings: NotebookSettings) -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.variables().items())


def _write_command(name: str, text: str) -> str:
    tag = re.sub(r"\W", "_", name).upper()
    return _WRITE.format(home=_HOME, name=name, text=text, tag=tag)


def _without_comments(text: str) -> str:
    return _COMMENT.sub("", text)
