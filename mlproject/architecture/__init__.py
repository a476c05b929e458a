"""The architecture of a project in an environment, derived from its synthesized templates."""

from __future__ import annotations

from mlproject.architecture.assembly import StackTemplate, read_assembly
from mlproject.architecture.builder import build_architecture
from mlproject.architecture.drawn_types import strip_hash
from mlproject.architecture.idle_costs import idle_costs_by_stack
from mlproject.architecture.model import Architecture, ResourceNode, StackContent
from mlproject.architecture.plan import build_plan

__all__ = [
    "Architecture",
    "ResourceNode",
    "StackContent",
    "StackTemplate",
    "build_architecture",
    "build_plan",
    "idle_costs_by_stack",
    "read_assembly",
    "strip_hash",
]
