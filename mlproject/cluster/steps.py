"""Steps of a cluster, as reported by EMR."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlproject.cluster.status import cluster_state


@dataclass(frozen=True, kw_only=True)
class ClusterStep:
    """A step of a cluster.

    Args:
        step_id: such as `s-2M7C8WQ5TR3JH`.
        name: name of the step.
        state: such as `FAILED`.
        created: time of its creation.
        started: time of its start, or None if it has not started.
        ended: time of its end, or None if it has not ended.
        reason: why it failed, as far as EMR knows.
    """

    step_id: str
    name: str
    state: str
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    reason: str | None = None

    @property
    def seconds(self) -> int | None:
        """Duration in seconds, or None if the step has not ended."""
        if self.started is None or self.ended is None:
            return None
        return round((self.ended - self.started).total_seconds())


def list_steps(emr: Any, cluster_id: str) -> tuple[ClusterStep, ...] | None:
    """Return the steps of a cluster, newest first, or None if EMR does not know the cluster (any more).

    https://docs.aws.amazon.com/emr/latest/APIReference/API_ListSteps.html

    Args:
        emr: the boto3 client.
        cluster_id: id of the cluster in EMR.
    """
    if cluster_state(emr, cluster_id) is None:
        return None
    return tuple(sorted(_steps(emr, cluster_id), key=lambda step: step.created, reverse=True))


def _steps(emr: Any, cluster_id: str) -> Iterator[ClusterStep]:
    for page in emr.get_paginator("list_steps").paginate(ClusterId=cluster_id):
        for step in page["Steps"]:
            status = step["Status"]
            timeline = status["Timeline"]
            yield ClusterStep(
                step_id=step["Id"],
                name=step["Name"],
                state=status["State"],
                created=timeline["CreationDateTime"],
                started=timeline.get("StartDateTime"),
                ended=timeline.get("EndDateTime"),
                reason=_reason(status),
            )


def _reason(status: dict[str, Any]) -> str | None:
    failure = status.get("FailureDetails", {})
    found = [failure.get("Reason"), failure.get("Message"), status.get("StateChangeReason", {}).get("Message")]
    # EMR often gives the same text in two fields.
    return ": ".join(dict.fromkeys(text for text in found if text)) or None
