"""Budgets."""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget, BudgetsBackend
from moto.budgets.responses import BudgetsResponse
from moto.core.utils import unix_time

from embedded_aws.gaps._registry import fills

_create = BudgetsResponse.create_budget
_members = Budget.to_dict
_UNKNOWN = "moto does not know it"


def _budget(response: Any, name: str) -> Any:
    found = response.backend.budgets[response._get_param("AccountId")].get(name)
    if found is None:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


@fills(
    BudgetsResponse,
    "create_budget",
    service="budgets",
    what="CreateBudget that keeps the tags",
    why="moto forgets them",
)
def create_budget(self: Any) -> str:
    answer: str = _create(self)
    _budget(self, self._get_param("Budget")["BudgetName"]).tags = _pairs(self._get_param("ResourceTags"))
    return answer


@fills(BudgetsResponse, "update_budget", service="budgets", what="UpdateBudget", why=_UNKNOWN)
def update_budget(self: Any) -> str:
    """Everything is replaced but the name, the notifications and the tags.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html
    """
    new = self._get_param("NewBudget")
    current = _budget(self, new["BudgetName"])
    replaced = Budget({"TimePeriod": current.budget["TimePeriod"], **new}, [])
    current.budget = {**replaced.budget, "LastUpdatedTime": unix_time()}
    return "{}"


@fills(
    Budget,
    "to_dict",
    service="budgets",
    what="DescribeBudget without cost types where FilterExpression and Metrics stand in their place",
    why="moto shows both",
)
def members(self: Any) -> dict[str, Any]:
    # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
    shown: dict[str, Any] = _members(self)
    if "CostTypes" not in self.budget and ("Metrics" in self.budget or "FilterExpression" in self.budget):
        shown.pop("CostTypes", None)
    return shown


@fills(
    BudgetsBackend,
    "describe_notifications_for_budget",
    service="budgets",
    what="DescribeNotificationsForBudget, refused for a budget that does not exist",
    why="moto answers with a 500",
)
def describe_notifications_for_budget(self: Any, account_id: str, budget_name: str) -> Any:
    self.describe_budget(account_id, budget_name)
    return self.budgets[account_id][budget_name].get_notifications()


@fills(
    BudgetsResponse,
    "describe_subscribers_for_notification",
    service="budgets",
    what="DescribeSubscribersForNotification",
    why=_UNKNOWN,
)
def describe_subscribers_for_notification(self: Any) -> str:
    asked = self._get_param("Notification")
    for notification in _budget(self, self._get_param("BudgetName")).notifications:
        if notification.details == asked:
            return json.dumps({"Subscribers": notification.subscribers})
    raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")


@fills(BudgetsResponse, "list_tags_for_resource", service="budgets", what="ListTagsForResource", why=_UNKNOWN)
def list_tags_for_resource(self: Any) -> str:
    tags = _tagged(self).tags
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})


@fills(BudgetsResponse, "tag_resource", service="budgets", what="TagResource", why=_UNKNOWN)
def tag_resource(self: Any) -> str:
    _tagged(self).tags |= _pairs(self._get_param("ResourceTags"))
    return "{}"


@fills(BudgetsResponse, "untag_resource", service="budgets", what="UntagResource", why=_UNKNOWN)
def untag_resource(self: Any) -> str:
    for key in self._get_param("ResourceTagKeys"):
        _tagged(self).tags.pop(key, None)
    return "{}"


def _tagged(response: Any) -> Any:
    """The budget that an ARN such as `arn:aws:budgets::123456789012:budget/name` names."""
    arn = response._get_param("ResourceARN")
    account, name = arn.split(":", 4)[4].split(":budget/")
    found = response.backend.budgets[account].get(name)
    if found is None:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def _pairs(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}
