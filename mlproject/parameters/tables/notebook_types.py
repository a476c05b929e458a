"""Instance types of notebook instances: a committed table, so that reading parameters needs no botocore."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mlproject.parameters.finding import RefusalError, nearest

TABLE = Path(__file__).with_name("notebook_types.json")

# The default for new instances since 2026-05-15 and the only one that AWS describes; those of Amazon Linux 2 can no
# longer be created (https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2.html). The API's pattern knows
# notebook-al2023-v2 too, of which no page says what it holds.
PLATFORM = "notebook-al2023-v1"

# Families that the platform does not support: https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2023.html; beside
# each the newer family for the same work (ours: the page names none).
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


# Family such as `ml.t3` to its types, smallest first as AWS lists them.
FAMILIES = _read()
SUPPORTED = tuple(each for family, types in FAMILIES.items() if family not in SUCCESSORS for each in types)


def instance_type(text: str) -> str:
    """A type for notebook instances that the platform supports."""
    if text in SUPPORTED:
        return text
    family = text.rpartition(".")[0]
    if family in SUCCESSORS:
        raise RefusalError(f"{text} does not run on the platform {PLATFORM}; take its successor {_successor(text)}")
    of_family = FAMILIES.get(family, ())
    raise RefusalError(
        f"{text} is no type for notebook instances that this version knows",
        allowed=", ".join(of_family) or None,
        suggestion=nearest(text, of_family or SUPPORTED),
    )


def _successor(text: str) -> str:
    """The same size of the newer family, or its smallest one."""
    family, _, size = text.rpartition(".")
    types = FAMILIES[SUCCESSORS[family]]
    same = f"{SUCCESSORS[family]}.{size}"
    return same if same in types else types[0]
