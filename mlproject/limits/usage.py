"""How much of a limit is used."""

from __future__ import annotations

from dataclasses import dataclass

# From this share of a limit, people are warned.
WARNING_SHARE = 0.8


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A limit of AWS.

    Args:
        name: what is limited, such as `resources`.
        value: its default value.
        page: AWS's page with the value.
        adjustable: whether AWS raises it on request.
    """

    name: str
    value: int
    page: str
    adjustable: bool = False


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The use of a limit.

    Args:
        subject: a stack such as `dev/flights/pipeline`, with the resource if there is one, or an account and region.
        limit: the limit.
        count: how much of it is used.
    """

    subject: str
    limit: Limit
    count: int

    @property
    def share(self) -> float:
        """The used share of the limit; more than 1 if it is exceeded."""
        return self.count / self.limit.value

    @property
    def is_close(self) -> bool:
        """Whether the limit is nearly reached, reached, or exceeded."""
        return self.share >= WARNING_SHARE
