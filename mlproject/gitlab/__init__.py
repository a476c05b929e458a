"""What GitLab reads and shows: child pipelines, notes in merge requests, code quality reports."""

from mlproject.gitlab.child_pipeline import Target, build_deployment_pipeline, render_pipeline
from mlproject.gitlab.code_quality import code_quality_report
from mlproject.gitlab.deployment_tiers import PRODUCTION, deployment_tier
from mlproject.gitlab.merge_request_note import MergeRequest, publish_note

__all__ = [
    "PRODUCTION",
    "MergeRequest",
    "Target",
    "build_deployment_pipeline",
    "code_quality_report",
    "deployment_tier",
    "publish_note",
    "render_pipeline",
]
