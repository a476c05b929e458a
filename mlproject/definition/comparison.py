"""Compare a deployed definition with the committed one, whose placeholders CloudFormation has replaced."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.definition.document import Definition, Scalar, fn_sub_string
from mlproject.definition.placeholders import LISTS

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def definition_difference(
    definition: Definition, deployed: Any, *, parameters: Mapping[str, Scalar], values: Mapping[str, str]
) -> str | None:
    """Return the path of the first difference between the committed and a deployed definition; None if they are equal.

    A placeholder without a known value, such as the ARN of the key, matches any text.

    Args:
        definition: the committed definition.
        deployed: the parsed definition of a deployed pipeline.
        parameters: the values of pipeline parameters in project.yaml.
        values: the known values of placeholders, such as that of `DataBucket`.

    Returns:
        a path such as `Steps.Train.Arguments.ResourceConfig.InstanceType`.
    """
    committed = json.loads(fn_sub_string(definition, parameters=parameters))
    return next(_differences(committed, deployed, values, path=""), None)


def _differences(committed: Any, deployed: Any, values: Mapping[str, str], *, path: str) -> Iterator[str]:
    if isinstance(committed, dict) and isinstance(deployed, dict):
        for name in dict.fromkeys([*committed, *deployed]):
            inner = f"{path}.{name}" if path else str(name)
            if name in committed and name in deployed:
                yield from _differences(committed[name], deployed[name], values, path=inner)
            else:
                yield inner
    elif isinstance(committed, list) and isinstance(deployed, list) and not _is_list_placeholder(committed):
        for number, (left, right) in enumerate(zip(committed, deployed, strict=False)):
            yield from _differences(left, right, values, path=f"{path}.{_label(left, number)}")
        if len(committed) != len(deployed):
            yield path
    elif not _is_equal(committed, deployed, values):
        yield path or "the top level"


def _is_list_placeholder(committed: list[Any]) -> bool:
    return len(committed) == 1 and committed[0] in [f"${{{name}}}" for name in LISTS]


def _is_equal(committed: Any, deployed: Any, values: Mapping[str, str]) -> bool:
    if isinstance(committed, list) and isinstance(deployed, list):
        return bool(deployed) and all(isinstance(item, str) for item in deployed)
    if isinstance(committed, str) and isinstance(deployed, str):
        return _pattern(committed, values).fullmatch(deployed) is not None
    return type(committed) is type(deployed) and bool(committed == deployed)


def _label(item: Any, number: int) -> str:
    return str(item["Name"]) if isinstance(item, dict) and isinstance(item.get("Name"), str) else str(number)


def _pattern(text: str, values: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern for a text of the string for Fn::Sub, in which `${!` is an escaped `${`."""
    parts = _PLACEHOLDER.split(text)
    # Texts and names of placeholders alternate.
    patterns = [re.escape(part.replace("${!", "${")) for part in parts]
    patterns[1::2] = [re.escape(values[name]) if name in values else ".+" for name in parts[1::2]]
    return re.compile("".join(patterns), re.DOTALL)
