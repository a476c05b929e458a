"""The list of what is added to moto or stands in for it: each entry beside the code that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

MISSING: Final = object()
"""The original of a function that moto has not at all."""

Replacement = TypeVar("Replacement")


@dataclass(frozen=True, kw_only=True)
class MotoAddition:
    """What the embedded AWS does in place of moto.

    Args:
        service: such as `sagemaker`.
        what: what it adds, or does otherwise, as a phrase.
        why: what moto does without it.
    """

    service: str
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A function of moto's that is added or replaced.

    Args:
        owner: the class in moto that gets it.
        name: the function's name in that class.
        original: what moto has there, or MISSING.
    """

    addition: MotoAddition
    owner: Any
    name: str
    replacement: Any
    original: Any

    @property
    def key(self) -> str:
        return f"{self.owner.__name__}.{self.name}"

    def install(self) -> None:
        setattr(self.owner, self.name, self.replacement)

    def uninstall(self) -> None:
        """Bring back what moto has, so that a test can show what it lacks."""
        if self.original is MISSING:
            if self.name in vars(self.owner):
                delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.original)


GAPS: dict[str, Gap] = {}


def fills(owner: Any, name: str, *, service: str, what: str, why: str) -> Callable[[Replacement], Replacement]:
    """Mark a function as the one that stands for `owner.name`; nothing changes before `install`."""

    def register(replacement: Replacement) -> Replacement:
        gap = Gap(
            addition=MotoAddition(service=service, what=what, why=why),
            owner=owner,
            name=name,
            replacement=replacement,
            original=vars(owner).get(name, MISSING),
        )
        if gap.key in GAPS:
            raise ValueError(f"two functions stand for {gap.key}")
        GAPS[gap.key] = gap
        return replacement

    return register
