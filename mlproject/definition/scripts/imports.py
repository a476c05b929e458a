"""Check that a step's image contains the modules that its script imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlproject.definition.images.aws_images import ImageRuntime
from mlproject.definition.scripts.image_list import INPUT, LOCK, ImageList
from mlproject.definition.scripts.python import ScriptProblem, standard_library, standard_since

# A failing import is not an error if one of these is caught.
_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"})


@dataclass(frozen=True, kw_only=True)
class Import:
    """An imported module.

    Args:
        module: its top-level name; empty for a relative import.
        line: line of the import.
    """

    module: str
    line: int


def imports_of(tree: ast.Module) -> Iterator[Import]:
    """Yield every import, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(module=alias.name.partition(".")[0], line=node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "" if node.level else str(node.module).partition(".")[0]
            yield Import(module=module, line=node.lineno)


def import_problem(each: Import, path: Path, runtime: ImageRuntime, images: ImageList) -> ScriptProblem | None:
    """Return why an import fails in an image; None if it works.

    Args:
        each: the import.
        path: the script.
        runtime: the runtime of the image.
        images: the packages in the pipeline's images.
    """
    module = each.module
    library = f"the standard library of Python {runtime.python}"
    if module in standard_library(runtime.python):
        return None
    if runtime.is_listed and images.provides(module, lacks=runtime.lacks):
        return None
    listed = f"{images.folder.name}/{LOCK}"
    allowed = f"{library} and the packages in {listed}" if runtime.is_listed else f"{library} and installed libraries"
    if not module:
        message = "uses a relative import, but the script is deployed alone. Move the imported code into the script"
    elif path.with_name(f"{module}.py").is_file() or path.with_name(module).is_dir():
        message = f"imports {module} from the same folder, but the script is deployed alone"
        message = f"{message}. Move the imported code into the script"
    elif runtime.is_listed and images.provides(module, lacks=frozenset()):
        message, allowed = f"imports {module}, which is not in this image", f"{allowed}, without {module}"
    elif since := standard_since(module, runtime.python):
        message = f"imports {module}, which requires Python {since}"
    elif not runtime.is_listed:
        return None
    else:
        message = f"imports {module}, which is neither in the standard library nor in {listed}"
        message = f"{message}. If the image contains it, add it to {INPUT}"
    return ScriptProblem(line=each.line, message=message, allowed=allowed)


def guarded_lines(tree: ast.Module) -> frozenset[int]:
    """The lines that may use what is not there: the script catches it, asks for the version or never runs them."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_catches(handler) for handler in node.handlers):
            lines.update(_lines(node.body))
        elif isinstance(node, ast.If) and _is_version_check(node.test):
            lines.update(_lines([*node.body, *node.orelse]))
    return frozenset(lines)


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in _CAUGHT for node in ast.walk(handler.type))


def _is_version_check(test: ast.expr) -> bool:
    """Return whether a condition checks Python's version, or is true only for a type checker."""
    text = ast.unparse(test)
    return "version_info" in text or text in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _lines(body: list[ast.stmt]) -> Iterator[int]:
    for statement in body:
        yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
