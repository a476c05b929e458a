"""What a step's script imports, and whether its image has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlproject.definition.image_list import INPUT, LOCK, ImageList
from mlproject.definition.images import ImageRuntime
from mlproject.definition.script_python import ScriptProblem, standard_library, standard_since

# An import that may fail is no mistake where one of these is caught.
_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"})


@dataclass(frozen=True, kw_only=True)
class Import:
    """An imported module.

    Args:
        module: its top-level name; empty for a relative import.
        line: where it is imported.
    """

    module: str
    line: int


def imports_of(tree: ast.Module) -> Iterator[Import]:
    """Every import, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(module=alias.name.partition(".")[0], line=node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "" if node.level else str(node.module).partition(".")[0]
            yield Import(module=module, line=node.lineno)


def import_problem(each: Import, path: Path, runtime: ImageRuntime, images: ImageList) -> ScriptProblem | None:
    """Why an import fails in an image; None if it works there.

    Args:
        each: the import.
        path: the script.
        runtime: what the image has.
        images: the list of the pipeline's folder.
    """
    module = each.module
    if module in standard_library(runtime.python) or images.provides(module, lacks=runtime.lacks):
        return None
    listed = f"{images.folder.name}/{LOCK}"
    allowed = f"the standard library of Python {runtime.python} and what {listed} pins"
    if not module:
        message = "imports relatively, and a step's script is deployed alone; write what it needs into the script"
    elif path.with_name(f"{module}.py").is_file() or path.with_name(module).is_dir():
        message = f"imports {module}, which stands beside it, and a step's script is deployed alone"
        message = f"{message}; write what it needs into the script"
    elif images.provides(module, lacks=frozenset()):
        message, allowed = f"imports {module}, which this image does not have", f"{allowed}, without {module}"
    elif since := standard_since(module, runtime.python):
        message = f"imports {module}, which requires Python {since}"
    else:
        message = f"imports {module}, which is neither in the standard library nor in {listed}"
        message = f"{message}; if the image has it, add it to {INPUT}"
    return ScriptProblem(line=each.line, message=message, allowed=allowed)


def guarded_lines(tree: ast.Module) -> frozenset[int]:
    """The lines that may use what is not there: the script catches it, asks for the version or never runs them."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_catches(handler) for handler in node.handlers):
            lines.update(_lines(node.body))
        elif isinstance(node, ast.If) and _asks(node.test):
            lines.update(_lines([*node.body, *node.orelse]))
    return frozenset(lines)


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in _CAUGHT for node in ast.walk(handler.type))


def _asks(test: ast.expr) -> bool:
    """Whether a condition asks for Python's version, or is only true for a type checker."""
    text = ast.unparse(test)
    return "version_info" in text or text in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _lines(body: list[ast.stmt]) -> Iterator[int]:
    for statement in body:
        yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
