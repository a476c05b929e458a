"""Which functions mutmut can change, and a sample of them that moves only when the code does."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutation.packages import ROOT

# mutmut copies a function to change it; other decorators would run once for each copy.
_DECORATORS = {"staticmethod", "classmethod"}
_SEPARATOR = "ǁ"
_SPARE = 1.5


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function or method.

    Args:
        file: relative to the repository.
        key: mutmut's name of it, which begins those of its mutants.
        first: its first line.
        last: its last line.
    """

    file: Path
    key: str
    first: int
    last: int


def list_functions(files: Iterable[Path]) -> list[Function]:
    """Return the functions of these files that mutmut changes."""
    return [function for file in files for function in _functions(file)]


def draw(functions: Iterable[Function], number: int) -> list[Function]:
    """Return the functions of the lines with the lowest hashes; a function appears once for each of its lines drawn.

    A larger sample begins with the smaller one, and a change of a function moves only its own lines. There are more
    than the number, since mutmut finds nothing to change in some functions.
    """
    lines = [(_hash(f"{each.key}#{line}"), each) for each in functions for line in range(each.last - each.first + 1)]
    return [each for _, each in sorted(lines, key=lambda pair: pair[0])[: round(number * _SPARE)]]


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _functions(file: Path) -> Iterator[Function]:
    module = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    owners: list[ast.Module | ast.ClassDef] = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]
    for owner in owners:
        prefix = f"x{_SEPARATOR}{owner.name}{_SEPARATOR}" if isinstance(owner, ast.ClassDef) else "x_"
        for node in owner.body:
            if isinstance(node, ast.FunctionDef) and _is_mutable(node):
                yield Function(
                    file=file,
                    key=f"{module}.{prefix}{node.name}",
                    first=node.lineno,
                    last=node.end_lineno or node.lineno,
                )


def _is_mutable(node: ast.FunctionDef) -> bool:
    names = [decorator.id if isinstance(decorator, ast.Name) else "" for decorator in node.decorator_list]
    return len(names) <= 1 and set(names) <= _DECORATORS
