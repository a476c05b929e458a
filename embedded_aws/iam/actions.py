"""The name of IAM's action for an operation: nearly always the operation's own."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.iam import catalogue
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.errors import UndecidableError

# Operations whose action has another name, by service; S3's stand in objects.py.
ACTIONS: Mapping[str, Mapping[str, str]] = {
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html
    "budgets": {
        "CreateBudget": "ModifyBudget",
        "CreateNotification": "ModifyBudget",
        "CreateSubscriber": "ModifyBudget",
        "DeleteBudget": "ModifyBudget",
        "DeleteNotification": "ModifyBudget",
        "DeleteSubscriber": "ModifyBudget",
        "DescribeBudget": "ViewBudget",
        "DescribeBudgetNotificationsForAccount": "ViewBudget",
        "DescribeBudgetPerformanceHistory": "ViewBudget",
        "DescribeBudgets": "ViewBudget",
        "DescribeNotificationsForBudget": "ViewBudget",
        "DescribeSubscribersForNotification": "ViewBudget",
        "UpdateBudget": "ModifyBudget",
        "UpdateNotification": "ModifyBudget",
        "UpdateSubscriber": "ModifyBudget",
    },
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    "sns": {"PublishBatch": "Publish"},
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    "sqs": {
        "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
        "DeleteMessageBatch": "DeleteMessage",
        "SendMessageBatch": "SendMessage",
    },
}


def action_name(call: Call) -> str:
    """The action without its prefix.

    Raises:
        UndecidableError: IAM's list has no such action.
    """
    name = ACTIONS.get(call.service, {}).get(call.operation, call.operation)
    if not catalogue.is_action(call.prefix, name):
        raise UndecidableError(f"the embedded AWS does not know which action of IAM {call.prefix}:{name} is")
    return name
