"""AWS::Budgets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from embedded_aws.resources._common import call, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler

_EPOCH = re.compile(r"[0-9]+")


@handler
class Budget(Handler):
    type_name = "AWS::Budgets::Budget"
    MEMBERS = (
        "BudgetLimit",
        "BudgetName",
        "BudgetType",
        "CostFilters",
        "CostTypes",
        "FilterExpression",
        "Metrics",
        "PlannedBudgetLimits",
        "TimePeriod",
        "TimeUnit",
    )
    supported = frozenset({"NotificationsWithSubscribers", "ResourceTags", *(f"Budget.{name}" for name in MEMBERS)})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties["Budget"].get("BudgetName") or context.generated_name(limit=100)
        call(
            context,
            "budgets",
            "CreateBudget",
            AccountId=context.account,
            Budget=self._budget(name, properties),
            ResourceTags=tags(_tagged(properties)) or None,
            **pick(properties, "NotificationsWithSubscribers"),
        )
        return {"Id": context.report_id(name)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        call(
            context,
            "budgets",
            "UpdateBudget",
            AccountId=context.account,
            NewBudget=self._budget(physical_id, new),
        )
        self._settle_tags(context, physical_id, old, new)
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "budgets", "DeleteBudget", AccountId=context.account, BudgetName=physical_id)

    def _budget(self, name: str, properties: Properties) -> dict[str, Any]:
        budget = {**properties["Budget"], "BudgetName": name}
        if period := budget.get("TimePeriod"):
            budget["TimePeriod"] = {edge: _moment(value) for edge, value in period.items()}
        return budget

    def _settle_tags(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        arn = f"arn:aws:budgets::{context.account}:budget/{name}"
        update_tags(
            _tagged(old),
            _tagged(new),
            remove=lambda keys: call(context, "budgets", "UntagResource", ResourceARN=arn, ResourceTagKeys=keys),
            add=lambda _: call(context, "budgets", "TagResource", ResourceARN=arn, ResourceTags=tags(_tagged(new))),
        )


def _tagged(properties: Properties) -> Mapping[str, Any]:
    """The tags under the name that they have everywhere else."""
    return {"Tags": properties.get("ResourceTags")}


def _moment(value: Any) -> Any:
    """A template may give seconds since 1970 as text, or a date.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-budgets-budget-timeperiod.html
    """
    return int(value) if isinstance(value, str) and _EPOCH.fullmatch(value) else value
