"""Estimate the cost of an idle deployment from its parameters."""

from mlproject.costs.idle import idle_costs, network_costs
from mlproject.costs.line import HOURS_PER_MONTH, CostLine, monthly

__all__ = ["HOURS_PER_MONTH", "CostLine", "idle_costs", "monthly", "network_costs"]
