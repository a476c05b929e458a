"""Fakes of CloudFormation and EMR whose operations take several polls, unlike those of the embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

OLD, NEW = "j-OLD", "j-NEW"


class SlowCloudFormation:
    """One stack with a cluster, whose update takes several polls.

    Args:
        statuses: status returned by each call of DescribeStacks. The last one is repeated.
    """

    def __init__(self, *statuses: str) -> None:
        self._statuses = list(statuses)
        self._now = ""
        self._token = ""
        self.skipped: Sequence[str] = ()

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        self._now = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        parameters = [{"ParameterKey": "Restarts", "ParameterValue": "4"}]
        return {"Stacks": [{"StackName": StackName, "StackStatus": self._now, "Parameters": parameters}]}

    def update_stack(self, *, ClientRequestToken: str, **_: Any) -> None:  # noqa: N803
        self._token = ClientRequestToken

    def continue_update_rollback(self, *, ResourcesToSkip: Sequence[str], **_: Any) -> None:  # noqa: N803
        self.skipped = ResourcesToSkip

    def get_paginator(self, action: str) -> Any:
        pages = {"list_stack_resources": self._resources, "describe_stack_events": self._events}[action]
        return type("Pages", (), {"paginate": staticmethod(lambda **_: pages())})

    def _resources(self) -> Iterator[dict[str, Any]]:
        failed = self._now == "UPDATE_ROLLBACK_FAILED"
        yield {"StackResourceSummaries": [self._resource(OLD, "UPDATE_FAILED" if failed else "UPDATE_COMPLETE")]}

    def _events(self) -> Iterator[dict[str, Any]]:
        """Events, newest first, followed by those of earlier operations."""
        yield {"StackEvents": [self._event(NEW, token=self._token), self._event(OLD, token=self._token)]}
        yield {"StackEvents": [self._event("j-EARLIER", token="another")]}  # pragma: allowlist secret
        raise AssertionError("the events of earlier operations must not be read")

    def _event(self, cluster: str, *, token: str) -> dict[str, Any]:
        return {**self._resource(cluster, "UPDATE_IN_PROGRESS"), "EventId": cluster, "ClientRequestToken": token}

    @staticmethod
    def _resource(cluster: str, status: str) -> dict[str, Any]:
        return {
            "LogicalResourceId": "Cluster",
            "PhysicalResourceId": cluster,
            "ResourceType": "AWS::EMR::Cluster",
            "ResourceStatus": status,
        }


class SlowEmr:
    """Clusters whose state changes with each poll.

    Args:
        states: state returned by each call of DescribeCluster, for any cluster. The last one is repeated.
    """

    def __init__(self, *states: str) -> None:
        self._states = list(states)
        self.terminated: list[str] = []

    def describe_cluster(self, **_: str) -> dict[str, Any]:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        return {"Cluster": {"Status": {"State": state}}}

    def terminate_job_flows(self, *, JobFlowIds: Sequence[str]) -> None:  # noqa: N803
        self.terminated += JobFlowIds
