"""Estimate costs from the parameters: of an idle deployment, and of a project in a month of assumed use."""

from mlproject.costs.assumptions import Assumptions
from mlproject.costs.estimate import Estimate, Total, estimate_costs, total
from mlproject.costs.idle import idle_costs, network_costs
from mlproject.costs.line import HOURS_PER_MONTH, CostLine, monthly

__all__ = [
    "HOURS_PER_MONTH",
    "Assumptions",
    "CostLine",
    "Estimate",
    "Total",
    "estimate_costs",
    "idle_costs",
    "monthly",
    "network_costs",
    "total",
]
