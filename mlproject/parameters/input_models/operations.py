"""The keys of operations: budget, notifications and schedule."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from mlproject.parameters.input_models import addresses
from mlproject.parameters.input_models.fields import FrozenModel, parameter, validate_distinct
from mlproject.parameters.schedule import expressions

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_NotificationWithSubscribers.html:
# eleven subscribers, one of which is the topic.
EMAILS_LIMIT = 10
# Our limit: a larger number is a typing error.
BUDGET_LIMIT = 10_000_000

Emails = Annotated[
    tuple[Annotated[str, AfterValidator(addresses.validate_email)], ...], AfterValidator(validate_distinct)
]


class Schedule(FrozenModel):
    """The schedule on which the pipeline starts."""

    expression: Annotated[str, AfterValidator(expressions.validate_expression)] = parameter(
        "The times at which the pipeline starts.",
        allowed="an expression such as cron(0 4 * * ? *) for every day at 4:00, or rate(12 hours)",
    )
    timezone: Annotated[str, AfterValidator(expressions.validate_timezone)] = parameter(
        "The time zone of a cron expression. Default UTC.",
        allowed="an IANA name such as UTC or Europe/Madrid",
        default="UTC",
    )


class Operations(FrozenModel):
    """Notifications of failures and costs, the budget, and the schedule of the pipeline."""

    emails: Emails = parameter(
        "Recipients of notifications about failures and costs.",
        allowed=f"a list of 1 to {EMAILS_LIMIT} email addresses",
        min_length=1,
        max_length=EMAILS_LIMIT,
    )
    monthly_budget_usd: int | None = parameter(
        "The project's monthly budget in USD. Default: none.",
        allowed=f"whole USD, 1 to {BUDGET_LIMIT}",
        default=None,
        ge=1,
        le=BUDGET_LIMIT,
    )
    schedule: Schedule | None = parameter(
        "The schedule on which the pipeline starts. Default: none.",
        allowed="the keys expression, timezone",
        default=None,
    )
