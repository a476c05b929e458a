"""The attributes of a GitLab project that deployments need: https://docs.gitlab.com/api/projects/#edit-a-project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# GitLab returns these to maintainers and owners only.
MAINTAINER_ATTRIBUTES = ("ci_forward_deployment_enabled", "restrict_user_defined_variables")
COMPONENTS = ("project_path", "ref_type", "ref", "ref_protected", "environment_protected", "deployment_tier")
VALUES: dict[str, Callable[[Any], bool]] = {
    "restrict_user_defined_variables": lambda value: isinstance(value, bool),
    "ci_pipeline_variables_minimum_override_role": lambda value: (
        value in ("owner", "maintainer", "developer", "no_one_allowed")
    ),
    "ci_id_token_sub_claim_components": lambda value: value[0] == "project_path" and set(value) <= set(COMPONENTS),
    "ci_forward_deployment_enabled": lambda value: isinstance(value, bool),
    "ci_forward_deployment_rollback_allowed": lambda value: isinstance(value, bool),
    "resource_group_default_process_mode": lambda value: (
        value in ("unordered", "oldest_first", "newest_first", "newest_ready_first")
    ),
    "only_allow_merge_if_pipeline_succeeds": lambda value: isinstance(value, bool),
}
# The settings of a new project on GitLab 18.
NEW_PROJECT: dict[str, Any] = {
    "restrict_user_defined_variables": True,
    "ci_pipeline_variables_minimum_override_role": "no_one_allowed",
    "ci_id_token_sub_claim_components": ["project_path", "ref_type", "ref"],
    "ci_forward_deployment_enabled": True,
    "ci_forward_deployment_rollback_allowed": True,
    "resource_group_default_process_mode": "unordered",
    "only_allow_merge_if_pipeline_succeeds": False,
}
