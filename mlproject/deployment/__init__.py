"""Deployments: what they would change, what is deployed, and how it is removed."""

from mlproject.deployment.assembly import SynthesizedStack, synthesized_stacks
from mlproject.deployment.change_sets import StackChanges, planned_changes
from mlproject.deployment.consequences import Consequence, Effect, consequences
from mlproject.deployment.deployed import (
    DeployedStack,
    Retained,
    created_network,
    delete,
    deployed_projects,
    unprotect_empty,
)

__all__ = [
    "Consequence",
    "DeployedStack",
    "Effect",
    "Retained",
    "StackChanges",
    "SynthesizedStack",
    "consequences",
    "created_network",
    "delete",
    "deployed_projects",
    "planned_changes",
    "synthesized_stacks",
    "unprotect_empty",
]
