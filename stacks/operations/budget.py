"""Monthly budget of a project in an environment."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_budgets as budgets
from constructs import Construct, IDependable

# Percent of the budget, and whether it is spent (ACTUAL) or expected by the end of the month (FORECASTED).
_NOTIFICATIONS = ((80, "ACTUAL"), (100, "FORECASTED"))


class MonthlyBudget(Construct):
    """Budget of costs with certain tags, which notifies a topic at 80 % actual and 100 % forecasted costs.

    The resource has no fixed name, because a change of its notifications replaces it
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-budgets-budget.html). It
    notifies only the topic, so that a change of the e-mail addresses does not replace it. Its costs are 0 until the
    management account activates the tags as cost allocation tags:
    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html

    Args:
        usd: monthly limit in USD.
        tags: tags that a cost must have.
        topic_arn: topic that is notified.
        after: resource that must exist before the first notification, such as the topic's policy.
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
        # CostFilters does not specify how several tags are combined. AWS recommends FilterExpression:
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
