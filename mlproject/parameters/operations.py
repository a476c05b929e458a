"""Budget, notifications and schedule as people write them."""

from __future__ import annotations

from mlproject.parameters.keys import Value, key


class Schedule(Value):
    """When the pipeline starts by itself."""

    expression: str = key("When the pipeline starts.", allowed="cron(...) or rate(...) of EventBridge Scheduler")
    timezone: str = key(
        "The time zone of a cron expression. Default UTC.", allowed="a name such as Europe/Madrid", default="UTC"
    )


class Operations(Value):
    """Who hears of failures and costs, and when the pipeline runs."""

    emails: tuple[str, ...] = key(
        "Who is told of failures and costs.", allowed="a list of 1 to 10 e-mail addresses", min_length=1, max_length=10
    )
    monthly_budget_usd: int = key("The project's monthly budget in USD.", allowed="whole USD, 1 or more", ge=1)
    schedule: Schedule | None = key(
        "When the pipeline starts by itself. Default: never.", allowed="keys expression, timezone", default=None
    )
