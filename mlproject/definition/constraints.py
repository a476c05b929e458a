"""Check a value against the rules in botocore's model that botocore does not check itself.

botocore's validator checks missing, unknown and mistyped arguments and lower limits. This module adds enumerations,
patterns and upper limits.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterator, Sequence
from functools import cache
from typing import Any

from mlproject.definition.placeholders import name_hint

# The patterns of the model are in Java's syntax, whose character classes Python lacks. The replacements may accept
# more, never less.
_JAVA_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\w",
    r"\p{M}": r"\w",
    r"\p{Z}": r"\s",
    r"\p{S}": r"\W",
    r"\p{P}": r"\W_",
    r"\p{Alnum}": r"\w",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
}
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html: instances whose local disks are
# encrypted with their own key, so SageMaker rejects VolumeKmsKeyId for them
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingClusterConfig.html).
_LOCAL_DISKS = re.compile(r"ml\.(g4dn|g5|g6e?|g7e?|p3dn|p4de?|p5\w*|p6[\w-]*|trn\d\w*|[cmr]\d\w*d)\.")
# A message lists at most this many allowed values, and examples if there are more.
LISTED_VALUES_LIMIT = 12
_MEASURED_BY_LENGTH = ("list", "map", "string", "blob")
_MEASURED_BY_VALUE = ("integer", "long", "float", "double")


def violations(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Yield a message for every enumeration, pattern or limit that a value violates.

    Args:
        shape: botocore's shape. Unknown members are skipped, since botocore's validator reports them.
        value: the value, of the shape's type.
        path: path of the value in the request, such as `ResourceConfig.InstanceType`.
    """
    if shape.type_name == "structure":
        for key, item in value.items():
            if key in shape.members:
                yield from violations(shape.members[key], item, f"{path}.{key}" if path else key)
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from violations(shape.member, item, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from violations(shape.key, key, f"{path}: the key {key!r}")
            yield from violations(shape.value, item, f"{path}.{key}")
    yield from _limits(shape, value, path)
    if shape.type_name == "string":
        yield from _string_violations(shape, value, path)


def _limits(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name in _MEASURED_BY_LENGTH:
        size, unit = len(value), "length"
    elif shape.type_name in _MEASURED_BY_VALUE:
        size, unit = value, "value"
    else:
        return
    if "max" in shape.metadata and size > shape.metadata["max"]:
        yield f"{path}: {unit} {size} is above the maximum {shape.metadata['max']}"
    if "min" in shape.metadata and size < shape.metadata["min"]:
        yield f"{path}: {unit} {size} is below the minimum {shape.metadata['min']}"


def _string_violations(shape: Any, value: str, path: str) -> Iterator[str]:
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        yield f"{path}: {value!r} is not one of the {len(allowed)} allowed values{_hint(value, allowed)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not python_pattern(pattern).fullmatch(value):
        yield f"{path}: {value!r} does not match the pattern {pattern}"


def instance_violations(key: str, value: Any, siblings: Container[str], path: str) -> Iterator[str]:
    """Yield violations of the rules about instances that are not in the model, since they combine several arguments.

    Args:
        key: the argument's name, such as `InstanceType`.
        value: its value.
        siblings: names of all arguments at the same level, including this one.
        path: its path in the request, such as `ResourceConfig.InstanceType`.
    """
    if key == "InstanceType" and "VolumeKmsKeyId" in siblings and _LOCAL_DISKS.match(str(value)):
        yield f"{path}: {value!r} has local disks, for which SageMaker rejects VolumeKmsKeyId"
    # The model's minimum for training is 0, since a job with InstanceGroups has no count.
    if key == "InstanceCount" and value == 0 and "InstanceGroups" not in siblings:
        yield f"{path}: value 0 is below the minimum 1"


def _hint(value: str, allowed: Sequence[str]) -> str:
    """Return the closest value, or all values, or examples if there are too many."""
    if len(allowed) <= LISTED_VALUES_LIMIT or difflib.get_close_matches(value, allowed, n=1, cutoff=0.5):
        return f". {name_hint(value, allowed)}"
    return f", such as {', '.join(sorted(allowed)[:3])}."


@cache
def python_pattern(pattern: str) -> re.Pattern[str]:
    """Convert a pattern of botocore's model to a Python pattern that accepts at least the same values."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    # Two patterns of the model end in `${1,256}`: an error in the model, since nothing can follow the end of the text.
    return re.compile(re.sub(r"\$\{\d+,\d*\}$", "", pattern))
