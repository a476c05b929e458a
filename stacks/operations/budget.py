"""A project's monthly budget in an environment."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_budgets as budgets
from constructs import Construct, IDependable

# Percent of the budget, and whether it is spent (ACTUAL) or expected by the end of the month (FORECASTED).
_NOTIFICATIONS = ((80, "ACTUAL"), (100, "FORECASTED"))


class MonthlyBudget(Construct):
    """A budget of costs with certain tags, which tells a topic when 80 % is spent or 100 % is expected.

    It has no name: its notifications can only be replaced
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-budgets-budget.html), and a name would
    refuse the replacement. It tells the topic alone, so that another list of e-mail addresses leaves it as it is. Its
    costs are 0 until the account that pays activates the tags as cost allocation tags:
    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html

    Args:
        usd: the limit of a month.
        tags: the tags that a cost must have, all of them.
        topic_arn: whom to tell.
        after: what must exist before the first notification, such as the topic's policy.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        usd: int,
        tags: Mapping[str, str],
        topic_arn: str,
        after: IDependable,
    ) -> None:
        super().__init__(scope, construct_id)
        # Several tags in CostFilters would leave open whether all of them are meant; AWS recommends FilterExpression:
        # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
        filters = [
            budgets.CfnBudget.ExpressionProperty(
                tags=budgets.CfnBudget.TagValuesProperty(key=key, values=[value], match_options=["EQUALS"])
            )
            for key, value in tags.items()
        ]
        budget = budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=usd, unit="USD"),
                filter_expression=budgets.CfnBudget.ExpressionProperty(and_=filters),
                metrics=["UnblendedCost"],
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[
                        budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic_arn),
                    ],
                )
                for percent, kind in _NOTIFICATIONS
            ],
        )
        budget.node.add_dependency(after)
