"""EMR: the policies of a cluster, and what else of its API moto does not know."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.emr.responses import ElasticMapReduceResponse

from embedded_aws.gaps._registry import fills
from embedded_aws.gaps.emr.changes import alive
from embedded_aws.gaps.emr.clusters import check_idle_timeout, plain

_WHY = "moto does not know it"


def _shown(response: Any, name: str) -> Any:
    policy = getattr(alive(response.backend, response._get_param("ClusterId")), name, None)
    return ActionResult({name: policy} if policy else {})


def _put(response: Any, name: str) -> Any:
    setattr(alive(response.backend, response._get_param("ClusterId")), name, plain(response._get_param(name)))
    return EmptyResult()


def _remove(response: Any, name: str) -> Any:
    setattr(alive(response.backend, response._get_param("ClusterId")), name, None)
    return EmptyResult()


@fills(
    ElasticMapReduceResponse,
    "put_managed_scaling_policy",
    service="emr",
    what="PutManagedScalingPolicy; no cluster grows by it",
    why=_WHY,
)
def put_managed_scaling_policy(self: Any) -> Any:
    return _put(self, "ManagedScalingPolicy")


@fills(ElasticMapReduceResponse, "get_managed_scaling_policy", service="emr", what="GetManagedScalingPolicy", why=_WHY)
def get_managed_scaling_policy(self: Any) -> Any:
    return _shown(self, "ManagedScalingPolicy")


@fills(
    ElasticMapReduceResponse,
    "remove_managed_scaling_policy",
    service="emr",
    what="RemoveManagedScalingPolicy",
    why=_WHY,
)
def remove_managed_scaling_policy(self: Any) -> Any:
    return _remove(self, "ManagedScalingPolicy")


@fills(
    ElasticMapReduceResponse,
    "put_auto_termination_policy",
    service="emr",
    what="PutAutoTerminationPolicy; no cluster ends by it",
    why=_WHY,
)
def put_auto_termination_policy(self: Any) -> Any:
    check_idle_timeout(self._get_param("AutoTerminationPolicy"))
    return _put(self, "AutoTerminationPolicy")


@fills(
    ElasticMapReduceResponse, "get_auto_termination_policy", service="emr", what="GetAutoTerminationPolicy", why=_WHY
)
def get_auto_termination_policy(self: Any) -> Any:
    return _shown(self, "AutoTerminationPolicy")


@fills(
    ElasticMapReduceResponse,
    "remove_auto_termination_policy",
    service="emr",
    what="RemoveAutoTerminationPolicy",
    why=_WHY,
)
def remove_auto_termination_policy(self: Any) -> Any:
    return _remove(self, "AutoTerminationPolicy")


@fills(
    ElasticMapReduceResponse,
    "list_security_configurations",
    service="emr",
    what="ListSecurityConfigurations, all at once",
    why=_WHY,
)
def list_security_configurations(self: Any) -> Any:
    known = self.backend.security_configurations.values()
    listed = [{"Name": each.name, "CreationDateTime": each.creation_date_time} for each in known]
    return ActionResult({"SecurityConfigurations": listed})
