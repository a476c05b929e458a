"""A team's own images in ECR, which a deployment gives as values of pipeline parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_URI = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z0-9.-]+/([a-z0-9][a-z0-9._/-]*)(?:[:@].+)?")


@dataclass(frozen=True, kw_only=True, order=True)
class Repository:
    """A repository in ECR.

    Args:
        account: the AWS account that owns it.
        region: its region.
        name: its name, such as `team/training`.
    """

    account: str
    region: str
    name: str


def own_repositories(values: Iterable[Any]) -> tuple[Repository, ...]:
    """Return the repositories of the values that are URIs of images in ECR, sorted and without duplicates."""
    matches = (_URI.fullmatch(value) for value in values if isinstance(value, str))
    found = {Repository(account=match[1], region=match[2], name=match[3]) for match in matches if match}
    return tuple(sorted(found))
