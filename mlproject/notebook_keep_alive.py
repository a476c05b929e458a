"""Requests to keep a notebook instance on although it is idle, as an object in the project's data bucket.

The idle check of the instance reads it before it stops the instance. The role of the notebooks can read the bucket
anyway, so that this needs no other permissions and no access to the instance.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from mlproject.errors import UserError
from mlproject.node_scripts import keep_alive_key
from mlproject.parameters import Deployment, Notebook

# That of keep-alive.txt too. A request that somebody forgets costs no more than a day.
HOURS_LIMIT = 24
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DURATION = re.compile(r"(?=[0-9])(?:([0-9]{1,4})h)?(?:([0-9]{1,4})m)?")


def parse_until(text: str, *, now: datetime) -> datetime:
    """Return the next moment at which the clock of this machine shows a time of day.

    Args:
        text: a time of day, such as `18:00`.
        now: the present, with a time zone.

    Raises:
        UserError: the text is not a time of day.
    """
    match = _CLOCK.fullmatch(text)
    if not match:
        raise UserError(f"--until {text}: not a time of day. Use the clock of this machine, such as 18:00.")
    # Without a zone, so that a change of summer time in between is respected.
    local = now.astimezone().replace(tzinfo=None)
    found = local.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    if found <= local:
        found += timedelta(days=1)
    return found.astimezone()


def parse_duration(text: str, *, now: datetime) -> datetime:
    """Return the moment after a duration.

    Args:
        text: hours and minutes, such as `3h`, `90m` or `1h30m`.
        now: the present, with a time zone.

    Raises:
        UserError: the text is not a duration, or it is longer than HOURS_LIMIT.
    """
    match = _DURATION.fullmatch(text)
    duration = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0)) if match else timedelta()
    if not duration:
        raise UserError(f"--for {text}: not a duration. Use hours and minutes, such as 3h, 90m or 1h30m.")
    if duration > timedelta(hours=HOURS_LIMIT):
        raise UserError(
            f"--for {text}: more than {HOURS_LIMIT} hours, after which a forgotten instance would still cost money. "
            f"Use at most {HOURS_LIMIT}h, and repeat the command when they have passed."
        )
    return (now + duration).astimezone()


def request_keep_alive(s3: Any, deployment: Deployment, notebook: Notebook, *, until: datetime | None) -> None:
    """Write the request, or one that has no effect.

    Args:
        s3: boto3 client.
        deployment: the project in an environment.
        notebook: one of its notebooks.
        until: time of the end, or None to cancel an earlier request. Replacing it needs no permission to delete.
    """
    s3.put_object(
        Bucket=deployment.names.bucket("data"),
        Key=keep_alive_key(notebook),
        Body=b"",
        Metadata={"until": f"{until.timestamp() if until else 0:.0f}"},
    )
