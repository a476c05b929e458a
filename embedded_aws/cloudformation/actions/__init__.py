"""CloudFormation's actions: from a request's parameters to the shape of its answer."""

from __future__ import annotations

from embedded_aws.cloudformation.actions import change_sets, drift, stacks, templates
from embedded_aws.cloudformation.actions.registry import ACTIONS

__all__ = ["ACTIONS", "change_sets", "drift", "stacks", "templates"]
