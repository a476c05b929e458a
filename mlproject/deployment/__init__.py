"""Deployments: plan their changes, list the deployed stacks, and delete them."""

from mlproject.deployment.assembly import SynthesizedStack, read_stacks
from mlproject.deployment.change_sets import StackChanges, plan_changes
from mlproject.deployment.consequences import Consequence, Effect, list_consequences
from mlproject.deployment.deployed_commit import (
    delete_deployed_commit,
    deployed_commit_parameter,
    read_deployed_commit,
    write_deployed_commit,
)
from mlproject.deployment.deployed_stacks import (
    DeployedStack,
    RetainedResource,
    delete_stacks,
    describe_network,
    list_projects,
    unprotect_failed_stacks,
)
from mlproject.deployment.drift import StackDrift, detect_drift
from mlproject.deployment.failure_text import describe_failure
from mlproject.deployment.failures import StackFailure, list_failures
from mlproject.deployment.stack_operations import operations_in_progress, wait_for_operations

__all__ = [
    "Consequence",
    "DeployedStack",
    "Effect",
    "RetainedResource",
    "StackChanges",
    "StackDrift",
    "StackFailure",
    "SynthesizedStack",
    "delete_deployed_commit",
    "delete_stacks",
    "deployed_commit_parameter",
    "describe_failure",
    "describe_network",
    "detect_drift",
    "list_consequences",
    "list_failures",
    "list_projects",
    "operations_in_progress",
    "plan_changes",
    "read_deployed_commit",
    "read_stacks",
    "unprotect_failed_stacks",
    "wait_for_operations",
    "write_deployed_commit",
]
