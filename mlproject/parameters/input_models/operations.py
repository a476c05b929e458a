"""Budget, notifications and schedule as people write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from mlproject.parameters.input_models import addresses
from mlproject.parameters.input_models.keys import Value, distinct, key
from mlproject.parameters.schedule import expressions

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_NotificationWithSubscribers.html:
# eleven subscribers, one of which is the topic.
EMAILS_LIMIT = 10
# Ours: a larger number is a slip of the keyboard.
BUDGET_LIMIT = 10_000_000

Emails = Annotated[tuple[Annotated[str, AfterValidator(addresses.email)], ...], AfterValidator(distinct)]


class Schedule(Value):
    """When the pipeline starts by itself."""

    expression: Annotated[str, AfterValidator(expressions.expression)] = key(
        "When the pipeline starts.",
        allowed="an expression such as cron(0 4 * * ? *) for every day at 4:00, or rate(12 hours)",
    )
    timezone: Annotated[str, AfterValidator(expressions.timezone)] = key(
        "The time zone of a cron expression. Default UTC.",
        allowed="a name such as UTC or Europe/Madrid",
        default="UTC",
    )


class Operations(Value):
    """Who hears of failures and costs, and when the pipeline runs."""

    emails: Emails = key(
        "Who is told of failures and costs.",
        allowed=f"a list of 1 to {EMAILS_LIMIT} e-mail addresses",
        min_length=1,
        max_length=EMAILS_LIMIT,
    )
    monthly_budget_usd: int = key(
        "The project's monthly budget in USD.", allowed=f"whole USD, 1 to {BUDGET_LIMIT}", ge=1, le=BUDGET_LIMIT
    )
    schedule: Schedule | None = key(
        "When the pipeline starts by itself. Default: never.", allowed="keys expression, timezone", default=None
    )
