"""EMR: changes of a cluster, which only one that has not ended takes."""

from __future__ import annotations

from typing import Any

from moto.core.responses import EmptyResult
from moto.emr.exceptions import InvalidRequestException, ValidationException
from moto.emr.models import ElasticMapReduceBackend
from moto.emr.responses import ElasticMapReduceResponse

from embedded_aws.gaps._registry import fills
from embedded_aws.gaps.emr.clusters import ENDED
from embedded_aws.gaps.emr.fleets import fleets_of

_modify_cluster = ElasticMapReduceBackend.modify_cluster
_modify_instance_groups = ElasticMapReduceBackend.modify_instance_groups


def alive(backend: Any, cluster_id: str) -> Any:
    """A cluster that can still be changed.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-tags-restrictions.html says it of tags; the words
    are those that clients of the API look for, such as Terraform's.
    """
    cluster = backend.describe_cluster(cluster_id)
    if cluster.state in ENDED:
        raise ValidationException("A job flow that is shutting down, terminated, or finished may not be modified.")
    return cluster


_NOT_MODIFIED = "moto changes a cluster that has ended"


@fills(
    ElasticMapReduceBackend,
    "set_termination_protection",
    service="emr",
    what="SetTerminationProtection, of a cluster that lives",
    why=_NOT_MODIFIED,
)
def set_termination_protection(self: Any, job_flow_ids: list[str], value: bool) -> None:
    for cluster in [alive(self, job_flow_id) for job_flow_id in job_flow_ids]:
        cluster.set_termination_protection(value)


@fills(
    ElasticMapReduceBackend,
    "set_visible_to_all_users",
    service="emr",
    what="SetVisibleToAllUsers, of a cluster that lives",
    why=_NOT_MODIFIED,
)
def set_visible_to_all_users(self: Any, job_flow_ids: list[str], visible_to_all_users: bool) -> None:
    for cluster in [alive(self, job_flow_id) for job_flow_id in job_flow_ids]:
        cluster.set_visibility(visible_to_all_users)


@fills(
    ElasticMapReduceBackend,
    "modify_cluster",
    service="emr",
    what="ModifyCluster, of a cluster that lives",
    why=_NOT_MODIFIED,
)
def modify_cluster(self: Any, cluster_id: str, step_concurrency_level: int) -> Any:
    alive(self, cluster_id)
    return _modify_cluster(self, cluster_id, step_concurrency_level)


@fills(
    ElasticMapReduceBackend,
    "modify_instance_groups",
    service="emr",
    what="ModifyInstanceGroups, of a cluster that lives",
    why=_NOT_MODIFIED,
)
def modify_instance_groups(self: Any, instance_groups: list[dict[str, Any]]) -> None:
    for change in instance_groups:
        group = self.instance_groups.get(change["InstanceGroupId"])
        if group is None:
            raise InvalidRequestException(f"Instance group id '{change['InstanceGroupId']}' is not valid.")
        if self.clusters[group.cluster_id].state in ENDED:
            raise ValidationException("An instance group may only be modified when the cluster is running or waiting.")
    _modify_instance_groups(self, instance_groups)


@fills(
    ElasticMapReduceBackend,
    "add_tags",
    service="emr",
    what="AddTags, of a cluster that lives",
    why=_NOT_MODIFIED,
)
def add_tags(self: Any, cluster_id: str, tags: dict[str, str]) -> None:
    alive(self, cluster_id).add_tags(tags)


@fills(
    ElasticMapReduceBackend,
    "remove_tags",
    service="emr",
    what="RemoveTags, of a cluster that lives",
    why=_NOT_MODIFIED,
)
def remove_tags(self: Any, cluster_id: str, tag_keys: list[str]) -> None:
    alive(self, cluster_id).remove_tags(tag_keys)


@fills(
    ElasticMapReduceResponse,
    "modify_instance_fleet",
    service="emr",
    what="ModifyInstanceFleet, which sets the targets; no node starts or ends by it",
    why="moto does not know it",
)
def modify_instance_fleet(self: Any) -> Any:
    cluster = alive(self.backend, self._get_param("ClusterId"))
    given = self._get_param("InstanceFleet")
    fleet = next((each for each in fleets_of(cluster) if each.id == given["InstanceFleetId"]), None)
    if fleet is None:
        raise InvalidRequestException(f"Instance fleet id '{given['InstanceFleetId']}' is not valid.")
    fleet.set_targets(given)
    return EmptyResult()
