"""The log of the tools on a notebook instance, from CloudWatch."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlproject.aws_rules.notebook_resources import LOG_GROUP
from mlproject.errors import UserError
from mlproject.parameters import Deployment, Notebook

# The tools send their log at most this often while they install, and every minute otherwise.
POLL_SECONDS = 5.0
# Events of a busy minute fit; CloudWatch allows up to 10,000:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
_PAGE = 1_000


def log_lines(
    deployment: Deployment,
    notebook: Notebook,
    *,
    logs: Any,
    since: datetime.datetime,
    follow: bool,
    sleep: Callable[[float], None],
) -> Iterator[str]:
    """Yield the lines of a notebook's log, oldest first, each with the time at which the notebook sent it.

    Args:
        deployment: the project in an environment.
        notebook: one of its notebooks.
        logs: the boto3 client.
        since: time of the oldest line.
        follow: whether to wait for further lines, without end.
        sleep: waits for a number of seconds.

    Raises:
        UserError: the notebook has sent no log.
    """
    start = int(since.timestamp() * 1000)
    seen: set[str] = set()
    while True:
        for event in _events(deployment, notebook, logs=logs, start=start, follow=follow):
            if event["eventId"] in seen:
                continue
            # Lines of the same millisecond may arrive later, so only those of earlier ones are forgotten.
            if event["timestamp"] > start:
                start = event["timestamp"]
                seen.clear()
            seen.add(event["eventId"])
            moment = datetime.datetime.fromtimestamp(event["timestamp"] / 1000, datetime.UTC)
            yield f"{moment:%Y-%m-%dT%H:%M:%SZ} {event['message']}"
        if not follow:
            return
        sleep(POLL_SECONDS)


def _events(
    deployment: Deployment, notebook: Notebook, *, logs: Any, start: int, follow: bool
) -> Iterator[dict[str, Any]]:
    instance = deployment.names.notebook(notebook.name)
    request: dict[str, Any] = {
        "logGroupName": LOG_GROUP,
        "logStreamNames": [f"{instance}/mlproject"],
        "startTime": start,
        "limit": _PAGE,
    }
    while True:
        try:
            page = logs.filter_log_events(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            if follow:
                return
            raise UserError(
                f"notebook {instance} has sent no log in {deployment.environment.name}. A notebook sends its log at "
                f"its first start: `mlproject open {deployment.project} -e {deployment.environment.name} "
                f"--notebook {notebook.name} --start`.",
                exit_code=1,
            ) from error
        yield from page["events"]
        if not page.get("nextToken"):
            return
        request["nextToken"] = page["nextToken"]
