"""What every look at an account is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from mlproject.parameters import Environment
from mlproject.preflight.wanted import Wanted


@dataclass(frozen=True, kw_only=True)
class Look:
    """An account, and what is wanted of it.

    Args:
        wanted: what the environment's projects ask for.
        client: gives the boto3 client of a service, such as `client("s3")`.
        now: an aware time, against which schedules are held.
    """

    wanted: Wanted
    client: Callable[[str], Any]
    now: datetime

    @property
    def environment(self) -> Environment:
        return self.wanted.environment

    @cached_property
    def stacks(self) -> frozenset[str]:
        """The names of the stacks that exist."""
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        return frozenset(stack["StackName"] for page in pages for stack in page["Stacks"])

    def pages(self, service: str, operation: str, result: str, **arguments: Any) -> Iterator[Any]:
        """The items of all pages of a listing, such as `pages("ec2", "describe_vpcs", "Vpcs")`."""
        for page in self.client(service).get_paginator(operation).paginate(**arguments):
            yield from page[result]
