"""Draw plans as SVG images: nodes in panels with links between them, laid out automatically."""

from __future__ import annotations

from mlproject.drawing.plan import Link, Mark, Node, Panel, Plan, narrow_plan, translate_plan
from mlproject.drawing.plan_image import build_svg, draw_plan, read_styles

__all__ = [
    "Link",
    "Mark",
    "Node",
    "Panel",
    "Plan",
    "build_svg",
    "draw_plan",
    "narrow_plan",
    "read_styles",
    "translate_plan",
]
