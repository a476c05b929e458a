"""Types of notebook instances: a committed table, so that loading the parameters needs no botocore."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mlproject.parameters.findings import InvalidValueError, closest_match
from mlproject.translation import Message

TABLE = Path(__file__).with_name("notebook_types.json")

# The default for new instances since 2026-05-15, and the only one that AWS documents. Platforms with Amazon Linux 2 can
# no longer be created (https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2.html). The API's pattern also accepts
# notebook-al2023-v2, which is undocumented.
PLATFORM = "notebook-al2023-v1"

# Families that the platform does not support, with the newer family that replaces each. The page lists no replacements,
# so they are our choice: https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2023.html
SUCCESSORS: Mapping[str, str] = {
    "ml.g3": "ml.g4dn",
    "ml.inf1": "ml.inf2",
    "ml.p2": "ml.g4dn",
    "ml.p3": "ml.g5",
    "ml.p3dn": "ml.p4d",
}


def _read() -> Mapping[str, tuple[str, ...]]:
    return {
        family: tuple(f"{family}.{size}" for size in sizes.split())
        for family, sizes in json.loads(TABLE.read_text())["sizes"].items()
    }


# Types by family, such as `ml.t3`, smallest first as AWS lists them.
FAMILIES = _read()
SUPPORTED = tuple(each for family, types in FAMILIES.items() if family not in SUCCESSORS for each in types)


def validate_instance_type(text: str) -> str:
    """Validate a type of notebook instances that the platform supports."""
    if text in SUPPORTED:
        return text
    family = text.rpartition(".")[0]
    if family in SUCCESSORS:
        raise InvalidValueError(
            Message(
                "{text} does not run on the platform {platform}. Use its successor {successor}",
                text=text,
                platform=PLATFORM,
                successor=_successor(text),
            )
        )
    of_family = FAMILIES.get(family, ())
    raise InvalidValueError(
        Message("{text} is not a known notebook instance type", text=text),
        allowed=", ".join(of_family) or None,
        suggestion=closest_match(text, of_family or SUPPORTED),
    )


def _successor(text: str) -> str:
    """Return the type of the same size in the newer family, or its smallest type."""
    family, _, size = text.rpartition(".")
    types = FAMILIES[SUCCESSORS[family]]
    same = f"{SUCCESSORS[family]}.{size}"
    return same if same in types else types[0]
