"""Run the code of a statement, and return its result in Livy's format.

https://livy.apache.org/docs/latest/rest-api.html#statement-output. Values and their order are those that Livy 0.8.0
was seen to return.
"""

from __future__ import annotations

import ast
import contextlib
import io
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from .magics import MagicError, is_magic, run_magic

_FILE = "<stdin>"
# Tracebacks do not show this package and the parser.
_HIDDEN = (str(Path(__file__).parent), ast.__file__)
PLAIN = "text/plain"


class Interpreter:
    """Runs statements one after another with the same variables.

    Args:
        variables: the variables of the session.
    """

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables
        self._is_running = False

    def on_interrupt(self, number: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt in the running statement. A signal that arrives after its end has no effect."""
        if self._is_running:
            raise KeyboardInterrupt

    def execute(self, code: str) -> dict[str, Any]:
        """Return the result of Python code, of which single lines may be magics such as `%json rows`."""
        output = io.StringIO()

        def run() -> dict[str, Any]:
            data: dict[str, Any] = {}
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                for part in _parts(code):
                    data = self._run(part)
            text = output.getvalue().rstrip()
            if text or not data:
                data = {PLAIN: text, **data}
            return data

        return self.guard(run)

    def guard(self, run: Callable[[], dict[str, Any]], *, error_name: str | None = None) -> dict[str, Any]:
        """Return the data of a function as a result, and everything that it raises as an error.

        Args:
            run: returns data by media type.
            error_name: the name of all errors; None for that of the exception.
        """
        try:
            self._is_running = True
            data = run()
        except MagicError as error:
            self._is_running = False
            return failure(error.name, str(error))
        except BaseException as error:  # a statement may also raise SystemExit or KeyboardInterrupt
            self._is_running = False
            return failure(error_name or type(error).__name__, str(error), _traceback_lines(error))
        self._is_running = False
        return {"status": "ok", "data": data}

    def _run(self, part: str | ast.Module) -> dict[str, Any]:
        if isinstance(part, str):
            return run_magic(part, self.variables)
        for statement in part.body[:-1]:
            exec(compile(ast.Module([statement], []), _FILE, "exec"), self.variables)  # noqa: S102 - a person's code
        for statement in part.body[-1:]:
            # This mode displays the value of an expression, as a terminal does.
            exec(compile(ast.Interactive([statement]), _FILE, "single"), self.variables)  # noqa: S102
        return {}


def failure(name: str, value: str, lines: list[str] | None = None) -> dict[str, Any]:
    """Return the result of a statement that failed: name and text of the error, and the lines of the traceback."""
    return {"status": "error", "ename": name, "evalue": value, "traceback": lines or []}


def new_main_module() -> dict[str, Any]:
    """Return the variables of an empty `__main__`, in which objects that a statement defines can be pickled."""
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    return vars(module)


def _parts(code: str) -> Iterator[str | ast.Module]:
    """Divide code into magics and the Python code between them.

    Code without syntax errors contains no magics, since their lines are no Python.
    """
    try:
        whole = ast.parse(code, _FILE)
    except SyntaxError:
        if not any(is_magic(line) for line in code.splitlines()):
            raise
    else:
        yield whole
        return
    python: list[str] = []
    for line in code.splitlines():
        if not is_magic(line):
            python.append(line)
            continue
        yield ast.parse("\n".join(python), _FILE)
        python = []
        yield line
    if "".join(python).strip():
        yield ast.parse("\n".join(python), _FILE)


def _traceback_lines(error: BaseException) -> list[str]:
    """Return the traceback without the frames of this package and without the line of the statement itself."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_HIDDEN) and not (frame.filename == _FILE and frame.name == "<module>")
    ]
    lines = traceback.format_exception_only(type(error), error)
    return ["Traceback (most recent call last):\n", *traceback.format_list(frames), *lines]
