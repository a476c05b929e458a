"""Count the changes of a review, and return it as JSON values."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

from mlproject.review.comparison import Review
from mlproject.review.permissions import Direction
from mlproject.review.resources import Action


def count_changes(reviews: Iterable[Review]) -> dict[str, int]:
    """Return the counts of GitLab's Terraform report: create, update, delete. A replacement creates and deletes.

    https://docs.gitlab.com/user/infrastructure/iac/mr_integration/
    """
    actions = Counter(change.action for review in reviews for change in review.resources)
    return {
        "create": actions[Action.ADD] + actions[Action.REPLACE],
        "update": actions[Action.CHANGE] + actions[Action.STOP],
        "delete": actions[Action.DESTROY] + actions[Action.REPLACE],
    }


def count_actions(review: Review) -> dict[Action, int]:
    """Return the number of resources by action, the most severe first, without zeros."""
    actions = Counter(change.action for change in review.resources)
    return {action: actions[action] for action in Action if actions[action]}


def count_widened(review: Review) -> int:
    """Return the number of widened permissions."""
    return sum(change.direction is Direction.WIDENED for change in review.permissions)


def as_document(review: Review) -> dict[str, Any]:
    """Return a review as JSON values."""
    return {
        "path": review.path,
        "compared_with": review.compared_with.name,
        "reason": review.compared_with.reason,
        "resources": [dataclasses.asdict(each) for each in review.resources],
        "steps": [dataclasses.asdict(each) for each in review.steps],
        "permissions": [dataclasses.asdict(each) for each in review.permissions],
        "obsolete_stacks": list(review.obsolete_stacks),
        "refusals": list(review.refusals),
        "idle_usd_before": None if review.cost_before is None else str(review.cost_before),
        "idle_usd_after": None if review.cost_after is None else str(review.cost_after),
    }
