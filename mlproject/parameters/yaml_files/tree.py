"""Convert a YAML syntax tree to values that keep their line numbers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mlproject.parameters.findings import Finding
from mlproject.parameters.yaml_files.located import Located, child_key

# Our limits, far above any realistic file. A larger file is an error or an attack (aliases that expand exponentially).
VALUES_LIMIT = 10_000
DEPTH_LIMIT = 30
SHOWN_LIMIT = 80

_PREFIX = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    _PREFIX + name for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "map", "seq", "merge")
)


class LimitExceededError(Exception):
    """A file exceeds a limit on its values or its nesting."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(kw_only=True)
class TreeBuilder:
    """Converts the syntax tree of one file to located values."""

    file: str
    findings: list[Finding]
    count: int = 0
    open_nodes: list[int] = field(default_factory=list)

    def build(self, node: Node, *, key: str, line: int) -> Located:
        """Convert a node and its children.

        Args:
            node: a node of the syntax tree.
            key: the path of its key in the file.
            line: the line of its key.
        """
        self.count += 1
        if self.count > VALUES_LIMIT:
            raise LimitExceededError(f"contains more than {VALUES_LIMIT:,} values once its aliases are expanded", line)
        if id(node) in self.open_nodes or len(self.open_nodes) > DEPTH_LIMIT:
            raise LimitExceededError(
                f"{key}: an alias contains itself or is nested too deeply. Write the value in full", line
            )
        if str(node.tag) not in _KNOWN_TAGS:
            self._report(f"the tag {str(node.tag).replace(_PREFIX, '!!')} is not supported. Remove it", key, line)
        self.open_nodes.append(id(node))
        try:
            if isinstance(node, ScalarNode):
                return self._scalar(node, key, line)
            if isinstance(node, MappingNode):
                return self._located(self._mapping(node, key), "a mapping", key, line)
            items = (self.build(item, key=f"{key}[{at}]", line=_line(item)) for at, item in enumerate(node.value))
            return self._located(tuple(items), "a list", key, line)
        finally:
            self.open_nodes.pop()

    def _mapping(self, node: MappingNode, parent: str) -> dict[str, Located]:
        """Convert a mapping. Its own keys override those of a merge key (`<<`)."""
        merged: dict[str, Located] = {}
        own: dict[str, Located] = {}
        for name, value in node.value:
            line = _line(name)
            if str(name.tag) == f"{_PREFIX}merge":
                merged = {**self._merged(value, parent, line), **merged}
            elif not isinstance(name, ScalarNode) or not isinstance(_scalar_value(name), str):
                self._report("a key must be text. Put it in quotes", parent, line)
            elif name.value in own:
                first = own[name.value].line
                key = child_key(parent, _shown_key(name.value))
                self._report(f"duplicate key, first defined in line {first}. Keep one of them", key, line)
            else:
                key = child_key(parent, _shown_key(name.value))
                own[self._visible(name.value, key, line)] = self.build(value, key=key, line=line)
        return {**merged, **own}

    def _merged(self, node: Node, parent: str, line: int) -> dict[str, Located]:
        """Convert the mappings of `<<: *name` or `<<: [*one, *two]`. The first mapping that has a key wins."""
        sources = node.value if isinstance(node, SequenceNode) else [node]
        result: dict[str, Located] = {}
        for source in sources:
            if isinstance(source, MappingNode):
                result = {**self.build(source, key=parent, line=line).mapping, **result}
            else:
                self._report("`<<` requires a mapping (an alias such as *common)", parent, line)
        return result

    def _scalar(self, node: ScalarNode, key: str, line: int) -> Located:
        value = _scalar_value(node)
        if isinstance(value, str):
            value = self._visible(value, key, line)
        raw = _shown(node.value)
        if node.style is not None or not raw.isprintable():
            raw = json.dumps(raw, ensure_ascii=not raw.isprintable())
        return self._located(value, raw, key, line)

    def _visible(self, text: str, key: str, line: int) -> str:
        """Report and remove characters that editors do not show (control characters, unusual spaces, surrogates)."""
        odd = [character for character in text if not character.isprintable() and character not in "\n\t"]
        if odd:
            self._report(f"contains the invisible character U+{ord(odd[0]):04X}. Type the value again", key, line)
        return "".join(character for character in text if character not in odd)

    def _located(self, value: Any, raw: str, key: str, line: int) -> Located:
        return Located(value=value, raw=raw, file=self.file, line=line, key=key)

    def _report(self, message: str, key: str, line: int) -> None:
        self.findings.append(Finding(file=self.file, line=line, key=key, message=message))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _shown(text: str) -> str:
    """Shorten a text for a message."""
    return text if len(text) <= SHOWN_LIMIT else f"{text[: SHOWN_LIMIT - 3]}..."


def _shown_key(text: str) -> str:
    """Return a key for a path, escaped and in quotes if it is not printable."""
    return _shown(text) if text.isprintable() else ascii(_shown(text))


def _scalar_value(node: Node) -> str | int | float | bool | None:
    """Return the value of a scalar. Dates stay strings: every date in the parameters is a name."""
    text, tag = str(node.value), str(node.tag)
    if tag == f"{_PREFIX}null":
        return None
    if tag == f"{_PREFIX}bool":
        return text.lower() in ("true", "yes", "on", "y")
    try:
        if tag == f"{_PREFIX}int":
            digits = text.replace("_", "")
            return int(digits, 0) if re.match(r"[+-]?0[obx]", digits, re.IGNORECASE) else int(digits)
        if tag == f"{_PREFIX}float":
            return float(re.sub(r"\.(inf|nan)$", r"\1", text.replace("_", ""), flags=re.IGNORECASE))
    except ValueError:
        return text
    return text
