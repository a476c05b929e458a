"""What an environment of a project consists of, read from its synthesized templates: a picture that cannot go stale."""

from __future__ import annotations

from mlproject.architecture.assembly import StackTemplate, read_assembly
from mlproject.architecture.idle import idle_by_stack
from mlproject.architecture.model import Architecture, StackContent, Thing
from mlproject.architecture.plan import plan_of
from mlproject.architecture.reading import architecture_of

__all__ = [
    "Architecture",
    "StackContent",
    "StackTemplate",
    "Thing",
    "architecture_of",
    "idle_by_stack",
    "plan_of",
    "read_assembly",
]
