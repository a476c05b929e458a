"""Read one YAML file into values that remember their lines; whatever is wrong with it becomes a finding."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node

from mlproject.parameters.finding import Finding
from mlproject.parameters.yaml_files.located import Located
from mlproject.parameters.yaml_files.tree import DEPTH_LIMIT, TooMuchError, TreeBuilder

# Ours, far above any honest file.
BYTES_LIMIT = 1_000_000


def read(path: Path, *, root: Path, findings: list[Finding]) -> Located | None:
    """The file's mapping, or None after adding to the findings why there is none.

    Args:
        path: the file.
        root: the project's root, from which messages name the file.
        findings: receives each mistake; duplicate keys and odd values leave the rest readable.
    """
    file = path.relative_to(root).as_posix()
    text = _text(path, file, findings)
    if text is None:
        return None
    node = _compose(text, file, findings)
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        line = node.start_mark.line + 1
        findings.append(Finding(file=file, line=line, key="", message="holds no keys; write `key: value` lines"))
        return None
    try:
        return TreeBuilder(file=file, findings=findings).build(node, key="", line=1)
    except TooMuchError as error:
        findings.append(Finding(file=file, line=error.line, key="", message=str(error)))
        return None


def _text(path: Path, file: str, findings: list[Finding]) -> str | None:
    """The file's text."""
    problem, line = "", None
    try:
        data = path.read_bytes()
        if len(data) > BYTES_LIMIT:
            problem = f"has {len(data):,} bytes, and {BYTES_LIMIT:,} is the limit"
        else:
            return data.decode("utf-8-sig")
    except FileNotFoundError:
        problem = "does not exist; create it"
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error}); mend the file or its permissions"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = "is not UTF-8 text; save it in that encoding"
    findings.append(Finding(file=file, line=line, key="", message=problem))
    return None


def _compose(text: str, file: str, findings: list[Finding]) -> Node | None:
    """The file's syntax tree."""
    reader = YAML(typ="safe", pure=True)
    reader.max_depth = DEPTH_LIMIT
    reader.composer.warn_double_anchors = False
    line: int | None = 1
    try:
        node: Node | None = reader.compose(text)
        if node is not None:
            return node
        problem = "is empty; write at least its `environments:`"
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = _syntax_problem(error, text, line)
    except YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        problem = "holds a character that YAML does not allow; remove it"
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # So ruamel.yaml fails on some input (an escape beyond Unicode, %YAML 9.9) instead of raising its own error.
        line = None
        problem = f"is not valid YAML ({type(error).__name__} in the reader); check quotes and indentation"
    findings.append(Finding(file=file, line=line, key="", message=problem))
    return None


def _syntax_problem(error: MarkedYAMLError, text: str, line: int) -> str:
    """A syntax error in a sentence."""
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    indentation = written[: len(written) - len(written.lstrip())]
    if "\t" in indentation or "'\\t'" in str(error.problem):
        return "has a tab where YAML wants spaces; replace it by spaces"
    if "another document" in str(error.problem):
        return "starts a second document (`---`); keep one document in a file"
    if "maximum depth" in str(error.problem):
        return f"nests deeper than {DEPTH_LIMIT} levels; the parameters need far fewer"
    parts = (error.context, error.problem)
    said = ": ".join(" ".join(str(part).split()) for part in parts if part)
    return f"is not valid YAML ({said}); check quotes, colons and indentation here and in the line above"
