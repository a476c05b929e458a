"""Check scripts against the syntax and the standard library of another version of Python."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlproject.errors import UserError

# vermin's line for a feature: `L9 C4: 'hashlib.file_digest' member requires !2, 3.11`.
_FEATURE = re.compile(r"L(\d+)(?: C\d+)?: (.+) requires [^,]+, (\d+\.\d+)")


@dataclass(frozen=True, kw_only=True)
class ScriptProblem:
    """A reason why a script does not run in its image.

    Args:
        line: counted from 1; None for the whole script.
        message: description of the problem, without the final period.
        allowed: the allowed alternatives.
    """

    line: int | None
    message: str
    allowed: str


def syntax_errors(scripts: Iterable[Path], python: str) -> Mapping[Path, tuple[ScriptProblem, ...]]:
    """Return the syntax errors that a version of Python reports, by script. ruff finds them on any version.

    Args:
        scripts: paths.
        python: the version, such as `3.10`.
    """
    from ruff import find_ruff_bin  # imported here, since only script checks need it

    paths = [path.resolve() for path in scripts]
    command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--ignore=ALL", "--output-format=json"]
    done = subprocess.run(
        [*command, f"--target-version=py{python.replace('.', '')}", "--", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise UserError(f"ruff cannot check the scripts of the steps: {done.stderr.strip()}", exit_code=1)
    problems: dict[Path, list[ScriptProblem]] = {}
    for item in json.loads(done.stdout):
        message = item["message"][:1].lower() + item["message"][1:]
        problem = ScriptProblem(line=item["location"]["row"], message=message, allowed=f"the syntax of Python {python}")
        problems.setdefault(Path(item["filename"]), []).append(problem)
    return {path: tuple(errors) for path, errors in problems.items()}


def newer_features(source: str, tree: ast.Module, python: str) -> Iterator[ScriptProblem]:
    """Yield the features of a newer standard library that a script uses, except in lines that end with `# novm`.

    Args:
        source: a script without syntax errors.
        tree: the parsed script.
        python: the version, such as `3.10`.
    """
    import vermin  # as above

    config = vermin.Config()
    config.set_verbose(3)
    config.add_target(f"{python}-")
    config.set_only_show_violations(True)
    config.set_eval_annotations(True)
    evaluated = _without_annotations(source, tree) if _postpones_annotations(tree) else source
    for line, feature, needed in _FEATURE.findall(vermin.visit(evaluated, config).output_text()):
        is_import = feature.endswith(" module") and standard_since(feature.split("'")[1], python)
        if _version(needed) > _version(python) and not is_import:  # `import_problem` reports those
            yield ScriptProblem(
                line=int(line),
                message=f"{feature} requires Python {needed}",
                allowed=f"the standard library of Python {python}, or `# novm` at the end of a line not run there",
            )


def _postpones_annotations(tree: ast.Module) -> bool:
    """Return whether Python does not evaluate annotations: `from __future__ import annotations`."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def _without_annotations(source: str, tree: ast.Module) -> str:
    """Replace every annotation with `0`, without moving other code to another line or column."""
    lines = [bytearray(line) for line in source.encode().splitlines(keepends=True)]
    for node in ast.walk(tree):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(annotation, ast.expr):
                _blank(lines, annotation)
    return b"".join(lines).decode()


def _blank(lines: list[bytearray], node: ast.expr) -> None:
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    for number in range(first, last + 1):
        line = lines[number]
        start = node.col_offset if number == first else 0
        end = (node.end_col_offset or 0) if number == last else len(line.rstrip(b"\r\n"))
        line[start:end] = b" " * (end - start)
    lines[first][node.col_offset : node.col_offset + 1] = b"0"


def standard_library(python: str) -> frozenset[str]:
    """Return the top-level modules in the standard library of a version."""
    from stdlibs import stdlib_module_names  # as above

    return frozenset(stdlib_module_names(python))


def standard_since(module: str, python: str) -> str | None:
    """Return the first version after `python` whose standard library contains a module; None if there is none."""
    from stdlibs.known import KNOWN_VERSIONS  # as above

    later = (version for version in KNOWN_VERSIONS if _version(version) > _version(python))
    return next((version for version in later if module in standard_library(version)), None)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
