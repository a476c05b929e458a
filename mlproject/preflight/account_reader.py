"""Read access to the account that the preflight checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from mlproject.parameters import Environment
from mlproject.preflight.requirements import AccountRequirements


@dataclass(frozen=True, kw_only=True)
class AccountReader:
    """Read access to an account, with what the projects require of it.

    Args:
        requirements: what the environment's projects require.
        client: returns the boto3 client of a service, such as `client("s3")`.
        now: an aware time. Schedules are compared with it.
    """

    requirements: AccountRequirements
    client: Callable[[str], Any]
    now: datetime

    @property
    def environment(self) -> Environment:
        return self.requirements.environment

    @cached_property
    def stacks(self) -> frozenset[str]:
        """The names of the stacks that exist."""
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        return frozenset(stack["StackName"] for page in pages for stack in page["Stacks"])

    def list_all(self, service: str, operation: str, result: str, **arguments: Any) -> Iterator[Any]:
        """The items of all pages of a listing, such as `list_all("ec2", "describe_vpcs", "Vpcs")`."""
        for page in self.client(service).get_paginator(operation).paginate(**arguments):
            yield from page[result]
