"""A value against a shape of botocore's model: the rules that botocore itself leaves to the service.

botocore's validator knows missing, unknown and mistyped arguments and lower limits; this adds enumerations, patterns
and upper limits.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterator, Sequence
from functools import cache
from typing import Any

from mlproject.definition.placeholders import nearest

# The model's patterns are Java's: its character classes do not exist in Python. Wider, never narrower.
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
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html: instances whose local disks have a key of
# their own, so that SageMaker refuses VolumeKmsKeyId for them
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingClusterConfig.html).
_LOCAL_DISKS = re.compile(r"ml\.(g4dn|g5|g6e?|g7e?|p3dn|p4de?|p5\w*|p6[\w-]*|trn\d\w*|[cmr]\d\w*d)\.")
# So many allowed values are listed in a sentence; of more, some are named.
LISTED = 12
_MEASURED_BY_LENGTH = ("list", "map", "string", "blob")
_MEASURED_BY_VALUE = ("integer", "long", "float", "double")


def violations(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Every enumeration, pattern or limit that a value breaks, with the argument's path.

    Args:
        shape: botocore's shape; unknown members are skipped, since botocore's validator names them.
        value: the value, of the shape's type.
        path: where the value stands, such as `ResourceConfig.InstanceType`.
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
        yield from _words(shape, value, path)


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


def _words(shape: Any, value: str, path: str) -> Iterator[str]:
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        yield f"{path}: {value!r} is none of the {len(allowed)} allowed values; {_hint(value, allowed)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not python_pattern(pattern).fullmatch(value):
        yield f"{path}: {value!r} does not match the pattern {pattern}"


def machine_violations(key: str, value: Any, neighbours: Container[str], path: str) -> Iterator[str]:
    """Rules about machines that no shape holds, since they depend on what stands beside a value.

    Args:
        key: the argument's name, such as `InstanceType`.
        value: its value.
        neighbours: the names that stand beside it, its own among them.
        path: where it stands, such as `ResourceConfig.InstanceType`.
    """
    if key == "InstanceType" and "VolumeKmsKeyId" in neighbours and _LOCAL_DISKS.match(str(value)):
        yield f"{path}: {value!r} has local disks, for which the service refuses VolumeKmsKeyId"
    # The model's minimum for training is 0, since a job with InstanceGroups leaves the count out.
    if key == "InstanceCount" and value == 0 and "InstanceGroups" not in neighbours:
        yield f"{path}: value 0 is below the minimum 1"


def _hint(value: str, allowed: Sequence[str]) -> str:
    """The nearest value, or all of them, or some where a list of all is too long to read."""
    if len(allowed) <= LISTED or difflib.get_close_matches(value, allowed, n=1, cutoff=0.5):
        return nearest(value, allowed)
    return f"such as {', '.join(sorted(allowed)[:3])}."


@cache
def python_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of botocore's model as one of Python's that accepts at least as much."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    # Two patterns of the model end in `${1,256}`: a slip, since nothing can follow the end of the text.
    return re.compile(re.sub(r"\$\{\d+,\d*\}$", "", pattern))
