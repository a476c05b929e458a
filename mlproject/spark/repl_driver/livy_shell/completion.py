"""Completion of Python code."""

from __future__ import annotations

import re
import rlcompleter
from typing import Any

_EXPRESSION = re.compile(r"[A-Za-z_][\w.]*$")
_LIMIT = 200


def candidates(code: str, variables: dict[str, Any]) -> list[str]:
    """Return the names with which the last expression of some code can continue, sorted.

    Args:
        code: the code up to the cursor, such as `spark.re`.
        variables: the variables of the session.

    Returns:
        names without what precedes the last dot, such as `read` and `readStream`.
    """
    match = _EXPRESSION.search(code)
    if match is None:
        return []
    completer = rlcompleter.Completer(variables)
    names = set()
    for state in range(_LIMIT):
        found = completer.complete(match[0], state)
        if found is None:
            break
        names.add(found.rpartition(".")[2].strip(" (:)"))
    return sorted(names)
