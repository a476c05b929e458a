"""Source code in pages: `--8<-- "FILE.py:NAME"` becomes a block with the function, class or assignment of this name.

The syntax is that of pymdownx.snippets, which would need a comment at the beginning and the end of each part. The line
stands alone: inside of a block of Python, the formatter would take it for code.
"""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

_INCLUDE = re.compile(r'^--8<-- "(?P<file>[^":]+\.py):(?P<name>\w+)"$', re.MULTILINE)


def include_source(markdown: str, *, root: Path) -> str:
    """Replace each include with the source that it names.

    Args:
        markdown: text of a page.
        root: folder to which the names of the files are relative.

    Raises:
        ValueError: a file does not exist, or does not define the name.
    """
    return _INCLUDE.sub(lambda match: f"```python\n{read_source(root / match['file'], match['name'])}\n```", markdown)


def read_source(path: Path, name: str) -> str:
    """Return the source of the first function, class or assignment with a name, also inside functions."""
    if not path.is_file():
        raise ValueError(f"{path}: there is no such file")
    text = path.read_text()
    statements = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt))
    for node in statements:
        if name in _defined_names(node):
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
            return textwrap.dedent("\n".join(text.splitlines()[first - 1 : node.end_lineno]))
    raise ValueError(f"{path} defines no {name}")


def _defined_names(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            return [target.id for target in node.targets if isinstance(target, ast.Name)]
        case _:
            return []
