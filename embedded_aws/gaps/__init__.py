"""What moto lacks, or does as AWS does not, one file per AWS service; each entry is named in `stand_ins()`."""

from __future__ import annotations

import importlib
import pkgutil

from embedded_aws.gaps._registry import GAPS, Gap, StandIn

__all__ = ["Gap", "StandIn", "gaps", "install", "stand_ins"]


def gaps() -> tuple[Gap, ...]:
    """Every gap, by service."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return tuple(sorted(GAPS.values(), key=lambda gap: (gap.stand_in.service, gap.key)))


def install() -> None:
    """Put every stand-in into moto's classes; doing it again changes nothing."""
    for gap in gaps():
        gap.install()


def stand_ins() -> tuple[StandIn, ...]:
    """What the embedded AWS adds to moto or does in its place, by service."""
    return tuple(gap.stand_in for gap in gaps())
