"""What GitLab reads and shows: child pipelines, notes in merge requests, code quality reports, project settings."""

from mlproject.gitlab.api_errors import TOKEN_VARIABLE, token_error
from mlproject.gitlab.child_pipeline import build_deployment_pipeline, render_pipeline
from mlproject.gitlab.code_quality import code_quality_report
from mlproject.gitlab.deployment_jobs import Target
from mlproject.gitlab.deployment_tiers import PRODUCTION, deployment_tier
from mlproject.gitlab.drift_pipeline import build_drift_pipeline
from mlproject.gitlab.merge_request_note import MergeRequest, find_merge_request, publish_note
from mlproject.gitlab.project_state import DesiredProject, ScheduledTask
from mlproject.gitlab.settings import Setting, State, compare_settings
from mlproject.gitlab.settings_changes import apply_settings
from mlproject.gitlab.settings_client import open_project, read_settings, require_default_branch

__all__ = [
    "PRODUCTION",
    "TOKEN_VARIABLE",
    "DesiredProject",
    "MergeRequest",
    "ScheduledTask",
    "Setting",
    "State",
    "Target",
    "apply_settings",
    "build_deployment_pipeline",
    "build_drift_pipeline",
    "code_quality_report",
    "compare_settings",
    "deployment_tier",
    "find_merge_request",
    "open_project",
    "publish_note",
    "read_settings",
    "render_pipeline",
    "require_default_branch",
    "token_error",
]
