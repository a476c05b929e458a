"""Read a template, and replace its placeholders `<<name>>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

FILES = Path(__file__).with_name("files")


def render(name: str, values: Mapping[str, str]) -> str:
    """Return the text of a template with its values.

    Args:
        name: the template's path in files/.
        values: texts by placeholder. A placeholder without a value is an error in the template.
    """
    text = (FILES / name).read_text(encoding="utf-8")
    return re.sub(r"<<(\w+)>>", lambda match: values[match[1]], text)
