"""Parameter files as people write them: block style, values in quotes only where YAML would read something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
# Words that some version of YAML reads as a boolean or as null.
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})


def to_yaml(document: Any) -> str:
    """Return the text of a file."""
    return "".join(f"{line}\n" for line in _lines(document, indentation="")) or f"{_scalar(document)}\n"


def _scalar(value: Any) -> str:
    """Return a value, or a list or mapping without items, in one line."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    # JSON is YAML, but for numbers that JSON does not have.
    text = json.dumps(value, ensure_ascii=False)
    return {"NaN": ".nan", "Infinity": ".inf", "-Infinity": "-.inf"}.get(text, text)


def _lines(value: Any, *, indentation: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        items = [(f"{indentation}{_scalar(name)}:", item) for name, item in value.items()]
    else:
        items = [(f"{indentation}-", item) for item in value] if isinstance(value, list) else []
    for start, item in items:
        if isinstance(item, Mapping | list) and item:
            yield start
            yield from _lines(item, indentation=f"{indentation}  ")
        else:
            yield f"{start} {_scalar(item)}"
