"""Deployments: plan and judge their changes, list the deployed stacks, and delete them."""

from mlproject.deployment.approval_note import render_approval
from mlproject.deployment.approvals import Approval, create_approval, require_approval
from mlproject.deployment.assembly import SynthesizedStack, read_stacks
from mlproject.deployment.change_sets import StackChanges, plan_changes
from mlproject.deployment.consequences import Consequence, Effect, list_consequences
from mlproject.deployment.dependents import list_dependent_replacements
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
    group_by_project,
    list_projects,
    unprotect_failed_stacks,
)
from mlproject.deployment.drift import StackDrift, detect_drift
from mlproject.deployment.failure_text import describe_failure
from mlproject.deployment.failures import StackFailure, list_failures
from mlproject.deployment.orphans import judge_account, judge_obsolete_stacks, judge_removed_projects
from mlproject.deployment.overrides import Override, record_override
from mlproject.deployment.stack_operations import (
    list_foreign_changes,
    list_stacks,
    require_unchanged,
    stacks_in_progress,
    wait_for_operations,
)
from mlproject.deployment.templates import read_template
from mlproject.deployment.verdicts import Judgement, Verdict, clusters_to_terminate, judge_consequences

__all__ = [
    "Approval",
    "Consequence",
    "DeployedStack",
    "Effect",
    "Judgement",
    "Override",
    "RetainedResource",
    "StackChanges",
    "StackDrift",
    "StackFailure",
    "SynthesizedStack",
    "Verdict",
    "clusters_to_terminate",
    "create_approval",
    "delete_deployed_commit",
    "delete_stacks",
    "deployed_commit_parameter",
    "describe_failure",
    "describe_network",
    "detect_drift",
    "group_by_project",
    "judge_account",
    "judge_consequences",
    "judge_obsolete_stacks",
    "judge_removed_projects",
    "list_consequences",
    "list_dependent_replacements",
    "list_failures",
    "list_foreign_changes",
    "list_projects",
    "list_stacks",
    "plan_changes",
    "read_deployed_commit",
    "read_stacks",
    "read_template",
    "record_override",
    "render_approval",
    "require_approval",
    "require_unchanged",
    "stacks_in_progress",
    "unprotect_failed_stacks",
    "wait_for_operations",
    "write_deployed_commit",
]
