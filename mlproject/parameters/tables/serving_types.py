"""Instance types of endpoints and batch transform jobs: a committed table, so that loading needs no botocore."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from mlproject.parameters.findings import InvalidValueError, closest_match
from mlproject.translation import Message

TABLE = Path(__file__).with_name("serving_types.json")
# Families with NVMe instance storage, whose hardware encrypts it; the API refuses a key for their volumes:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html (KmsKeyId). By the name of the
# family: a `d` after the generation, and accelerators, some of which have no such storage and then get no key either.
_LOCAL_STORAGE = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g\d\w*|p\d\w*|trn\d\w*)\.")


def _read() -> Mapping[str, tuple[str, ...]]:
    types = json.loads(TABLE.read_text())["types"]
    return {
        use: tuple(f"{family}.{size}" for family, sizes in families.items() for size in sizes.split())
        for use, families in types.items()
    }


_TYPES = _read()


def endpoint_type(text: str) -> str:
    """Validate an instance type of real-time endpoints."""
    return _validated(text, "endpoint", Message("real-time endpoints"))


def transform_type(text: str) -> str:
    """Validate an instance type of batch transform jobs."""
    return _validated(text, "transform", Message("batch transform jobs"))


def has_local_storage(instance_type: str) -> bool:
    """Return whether an instance type may have local storage, so that its volume takes no key."""
    return _LOCAL_STORAGE.match(instance_type) is not None


def _validated(text: str, use: str, users: str) -> str:
    types = _TYPES[use]
    if text in types:
        return text
    of_family = [each for each in types if each.rpartition(".")[0] == text.rpartition(".")[0]]
    raise InvalidValueError(
        Message("{text} is not an instance type of {users}", text=text, users=users),
        allowed=", ".join(of_family) or None,
        suggestion=closest_match(text, of_family or types),
    )
