"""Train a registered model again from its lineage, and compare the result with it."""

from mlproject.rebuild.comparison import Comparison, MetricChange
from mlproject.rebuild.lineage import Lineage, read_lineage
from mlproject.rebuild.rebuild import Rebuilt, rebuild_model
from mlproject.rebuild.worktree import checked_out

__all__ = ["Comparison", "Lineage", "MetricChange", "Rebuilt", "checked_out", "read_lineage", "rebuild_model"]
