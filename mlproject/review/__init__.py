"""Compare two versions of a project's stacks, and report the differences that matter in a merge request."""

from mlproject.review.comparison import Baseline, Review, compare_stacks
from mlproject.review.markdown import render_markdown
from mlproject.review.permissions import Direction, PermissionChange, compare_permissions
from mlproject.review.resources import Action, ResourceChange
from mlproject.review.summary import as_document, count_changes

__all__ = [
    "Action",
    "Baseline",
    "Direction",
    "PermissionChange",
    "ResourceChange",
    "Review",
    "as_document",
    "compare_permissions",
    "compare_stacks",
    "count_changes",
    "render_markdown",
]
