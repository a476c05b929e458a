"""Deployments: plan their changes, list the deployed stacks, and delete them."""

from mlproject.deployment.assembly import SynthesizedStack, read_stacks
from mlproject.deployment.change_sets import StackChanges, plan_changes
from mlproject.deployment.consequences import Consequence, Effect, list_consequences
from mlproject.deployment.deployed_stacks import (
    DeployedStack,
    RetainedResource,
    delete_stacks,
    describe_network,
    list_projects,
    unprotect_failed_stacks,
)
from mlproject.deployment.stack_operations import wait_for_operations

__all__ = [
    "Consequence",
    "DeployedStack",
    "Effect",
    "RetainedResource",
    "StackChanges",
    "SynthesizedStack",
    "delete_stacks",
    "describe_network",
    "list_consequences",
    "list_projects",
    "plan_changes",
    "read_stacks",
    "unprotect_failed_stacks",
    "wait_for_operations",
]
