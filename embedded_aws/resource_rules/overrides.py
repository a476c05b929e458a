"""What AWS does although its schemas say otherwise or nothing: a reviewed file, an entry per fact with its page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Effect = Literal["replacement", "conditional", "in-place", "interruption", "readable", "not-a-name"]


@dataclass(frozen=True, kw_only=True)
class Override:
    """One fact about one property.

    Args:
        type: the resource type.
        property: its path, `/` between names, `*` for any item of a list (alone: every property).
        effect: `replacement`, `conditional` and `in-place` say what a change of it does; `interruption` that it
            stops what runs; `readable` that Fn::GetAtt reads it; `not-a-name` that two resources may share its value.
        page: where AWS says so.
        why: why the schema is not enough.
    """

    type: str
    property: str
    effect: Effect
    page: str
    why: str

    def __post_init__(self) -> None:
        if self.effect not in get_args(Effect):
            raise ValueError(f"{self.type} {self.property}: the effect {self.effect} is none of {get_args(Effect)}")


@cache
def overrides() -> tuple[Override, ...]:
    """Every entry of overrides.json."""
    entries = json.loads(Path(__file__).with_name("overrides.json").read_text(encoding="utf-8"))
    return tuple(Override(**entry) for entry in entries)


def overrides_of(type_name: str) -> tuple[Override, ...]:
    """The entries of one type."""
    return tuple(entry for entry in overrides() if entry.type == type_name)
