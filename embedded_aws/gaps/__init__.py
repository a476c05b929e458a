"""What moto lacks or does differently from AWS; each entry is named in `moto_additions()`.

There is a file or a folder for each AWS service.
"""

from __future__ import annotations

import importlib
import pkgutil

from embedded_aws.gaps._registry import GAPS, Gap, MotoAddition

__all__ = ["Gap", "MotoAddition", "gaps", "install", "moto_additions"]


def gaps() -> tuple[Gap, ...]:
    """Every gap, by service."""
    for module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(GAPS.values(), key=lambda gap: (gap.addition.service, gap.key)))


def install() -> None:
    """Put every addition into moto's classes; doing it again changes nothing."""
    for gap in gaps():
        gap.install()


def moto_additions() -> tuple[MotoAddition, ...]:
    """What the embedded AWS adds to moto or does in its place, by service."""
    return tuple(gap.addition for gap in gaps())
