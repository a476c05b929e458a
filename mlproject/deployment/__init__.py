"""Deployments: plan and judge their changes, list the deployed stacks, and delete them."""

from mlproject.deployment.approvals import Approval, create_approval, require_approval
from mlproject.deployment.assembly import SynthesizedStack, read_stacks
from mlproject.deployment.change_sets import StackChanges, plan_changes
from mlproject.deployment.consequences import Consequence, Effect, list_consequences
from mlproject.deployment.dependents import list_dependent_replacements
from mlproject.deployment.deployed_stacks import (
    DeployedStack,
    RetainedResource,
    delete_stacks,
    describe_network,
    group_by_project,
    list_projects,
    unprotect_failed_stacks,
)
from mlproject.deployment.orphans import judge_account, judge_obsolete_stacks, judge_removed_projects
from mlproject.deployment.overrides import Override, record_override
from mlproject.deployment.stack_operations import (
    list_stacks,
    require_unchanged,
    wait_for_operations,
)
from mlproject.deployment.verdicts import Judgement, Verdict, judge_consequences

__all__ = [
    "Approval",
    "Consequence",
    "DeployedStack",
    "Effect",
    "Judgement",
    "Override",
    "RetainedResource",
    "StackChanges",
    "SynthesizedStack",
    "Verdict",
    "create_approval",
    "delete_stacks",
    "describe_network",
    "group_by_project",
    "judge_account",
    "judge_consequences",
    "judge_obsolete_stacks",
    "judge_removed_projects",
    "list_consequences",
    "list_dependent_replacements",
    "list_projects",
    "list_stacks",
    "plan_changes",
    "read_stacks",
    "record_override",
    "require_approval",
    "require_unchanged",
    "unprotect_failed_stacks",
    "wait_for_operations",
]
