"""Images as SVG, and plans: things in panels with links between them, laid out by themselves. Pure."""

from __future__ import annotations

from mlproject.drawing.picture import image, standalone, styles
from mlproject.drawing.plan import Link, Mark, Node, Panel, Plan

__all__ = ["Link", "Mark", "Node", "Panel", "Plan", "image", "standalone", "styles"]
