"""Find the error of a Python script in its log: the message, and the last line of the script's own code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlproject.runner.container.processes import LAST_LINES

_HEADER = "Traceback (most recent call last):"
# `, in name` is missing for a SyntaxError.
_FRAME = re.compile(r'^\s+File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$')
_LIBRARY = re.compile(r"/(?:site|dist)-packages/|/lib/python3\.\d+/|^<")
# A missing submodule has a dotted name: its package is installed.
_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '(\w+)'$")


@dataclass(frozen=True, kw_only=True)
class ScriptError:
    """The exception that ended a script.

    Args:
        message: the first line of the exception, such as `ValueError: no rows`.
        location: the last frame in the script's own code, such as `/opt/ml/code/train.py, line 12, in main`; None if
            all frames are in libraries.
        source: the line of code at the location; empty if Python does not know it.
    """

    message: str
    location: str | None = None
    source: str = ""

    @property
    def missing_module(self) -> str | None:
        """The top-level module that is not installed, if that is the error."""
        found = _MISSING_MODULE.match(self.message)
        return found[1] if found else None


def find_script_error(lines: Sequence[str]) -> ScriptError | None:
    """Return the error in the last traceback of a log; None if the script did not end with one.

    Args:
        lines: the last lines of the log.
    """
    start = _last_traceback(lines)
    if start is None:
        return None
    end = next((place for place in range(start, len(lines)) if lines[place][:1].strip()), None)
    # More output after a traceback means that the script caught and logged the exception.
    if end is None or len(lines) - end > LAST_LINES:
        return None
    frames = [(place, frame) for place in range(start, end) if (frame := _FRAME.match(lines[place]))]
    own = [(place, frame) for place, frame in frames if not _LIBRARY.search(frame["file"])]
    if not own:
        return ScriptError(message=lines[end].strip())
    place, frame = own[-1]
    function = f", in {frame['function']}" if frame["function"] else ""
    is_source = place + 1 < end and not _FRAME.match(lines[place + 1])
    return ScriptError(
        message=lines[end].strip(),
        location=f"{frame['file']}, line {frame['line']}{function}",
        source=lines[place + 1].strip() if is_source else "",
    )


def _last_traceback(lines: Sequence[str]) -> int | None:
    """Return the index of the first frame of the last traceback. That of a SyntaxError in the script has no header."""
    headers = [place + 1 for place, line in enumerate(lines) if line.strip() == _HEADER]
    if headers:
        return headers[-1]
    return next((place for place, line in enumerate(lines) if _FRAME.match(line)), None)
