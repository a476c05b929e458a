"""Read a YAML file into values that keep their line numbers, and report errors as findings."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node

from mlproject.parameters.findings import Finding
from mlproject.parameters.yaml_files.located import Located
from mlproject.parameters.yaml_files.tree import DEPTH_LIMIT, LimitExceededError, TreeBuilder
from mlproject.translation import Message

# Our limit, far above any realistic file.
BYTES_LIMIT = 1_000_000


def read_yaml(path: Path, *, root: Path, findings: list[Finding]) -> Located | None:
    """Return the mapping in a file; None, with a finding, if the file cannot be read.

    Args:
        path: the file.
        root: the repository root; paths in messages are relative to it.
        findings: receives each error. Duplicate keys and invalid values do not prevent reading the rest.
    """
    file = path.relative_to(root).as_posix()
    text = _text(path, file, findings)
    return None if text is None else parse_yaml(text, file=file, findings=findings)


def parse_yaml(text: str, *, file: str, findings: list[Finding]) -> Located | None:
    """Return the mapping in a text; None, with a finding, if it is not valid.

    Args:
        text: the content of the file.
        file: path relative to the repository root, for findings.
        findings: receives each error.
    """
    node = _compose(text, file, findings)
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        line = node.start_mark.line + 1
        findings.append(
            Finding(file=file, line=line, key="", message=Message("contains no keys. Write `key: value` lines"))
        )
        return None
    try:
        return TreeBuilder(file=file, findings=findings).build(node, key="", line=1)
    except LimitExceededError as error:
        findings.append(Finding(file=file, line=error.line, key="", message=str(error)))
        return None


def _text(path: Path, file: str, findings: list[Finding]) -> str | None:
    """Return the text of the file; None, with a finding, if it cannot be read."""
    problem, line = "", None
    try:
        data = path.read_bytes()
        if len(data) > BYTES_LIMIT:
            problem = Message("has {data:,} bytes, more than the limit of {limit:,}", data=len(data), limit=BYTES_LIMIT)
        else:
            return data.decode("utf-8-sig")
    except FileNotFoundError:
        problem = Message("does not exist. Create it")
    except OSError as error:
        problem = Message("cannot be read ({error}). Check the file and its permissions", error=error.strerror or error)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Message("is not UTF-8 text. Save it as UTF-8")
    findings.append(Finding(file=file, line=line, key="", message=problem))
    return None


def _compose(text: str, file: str, findings: list[Finding]) -> Node | None:
    """Return the syntax tree of the file; None, with a finding, if it is not valid YAML."""
    reader = YAML(typ="safe", pure=True)
    reader.max_depth = DEPTH_LIMIT
    reader.composer.warn_double_anchors = False
    line: int | None = 1
    try:
        node: Node | None = reader.compose(text)
        if node is not None:
            return node
        problem: str = Message("is empty. Add at least `environments:`")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = _syntax_problem(error, text, line)
    except YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        problem = Message("contains a character that YAML does not allow. Remove it")
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # ruamel.yaml raises these on some input (an escape beyond Unicode, %YAML 9.9) instead of its own error.
        line = None
        problem = Message(
            "is not valid YAML ({name} in the reader). Check quotes and indentation", name=type(error).__name__
        )
    findings.append(Finding(file=file, line=line, key="", message=problem))
    return None


def _syntax_problem(error: MarkedYAMLError, text: str, line: int) -> str:
    """Describe a syntax error."""
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    indentation = written[: len(written) - len(written.lstrip())]
    if "\t" in indentation or "'\\t'" in str(error.problem):
        return "has a tab where YAML requires spaces. Replace it with spaces"
    if "another document" in str(error.problem):
        return "starts a second document (`---`). Keep one document per file"
    if "maximum depth" in str(error.problem):
        return f"nests deeper than {DEPTH_LIMIT} levels. The parameters need far fewer"
    parts = (error.context, error.problem)
    said = ": ".join(" ".join(str(part).split()) for part in parts if part)
    return f"is not valid YAML ({said}). Check quotes, colons and indentation here and in the line above"
