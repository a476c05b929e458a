"""EMR: clusters as they are made, where their nodes are, and how they end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.parse import XFormedDict
from moto.core.responses import BaseResponse
from moto.core.utils import utcnow
from moto.emr.exceptions import InvalidRequestException, ValidationException
from moto.emr.models import Cluster, ElasticMapReduceBackend, InstanceGroup, Step
from moto.emr.responses import ElasticMapReduceResponse
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from embedded_aws.gaps._registry import fills
from embedded_aws.gaps.emr.fleets import check_fleets, fleets_of, start_fleets
from embedded_aws.gaps.emr.security_groups import reaches_service

_run = ElasticMapReduceResponse.run_job_flow
_terminate = Cluster.terminate
_list_clusters = ElasticMapReduceBackend.list_clusters
_list_instance_groups = ElasticMapReduceBackend.list_instance_groups
_delete_security_configuration = ElasticMapReduceBackend.delete_security_configuration

# What RunJobFlow takes and moto forgets; DescribeCluster shows it.
FORGOTTEN = {
    "LogEncryptionKmsKeyId": "log_encryption_kms_key_id",
    "OSReleaseLabel": "os_release_label",
    "ScaleDownBehavior": "scale_down_behavior",
}
# What it takes and moto forgets too; Get* shows it: policies.py.
POLICIES = ("ManagedScalingPolicy", "AutoTerminationPolicy")
# https://docs.aws.amazon.com/emr/latest/APIReference/API_AutoTerminationPolicy.html, in seconds
IDLE = range(60, 604800 + 1)
ENDED = ("TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS")


@fills(
    ElasticMapReduceResponse,
    "get_region_from_url",
    service="emr",
    what="clusters in the region of the request",
    why="moto puts those of every region into us-east-1 unless the host name says the region",
)
def get_region_from_url(self: Any, request: Any, full_url: str) -> str:
    region: str = BaseResponse.get_region_from_url(self, request, full_url)
    return region


@fills(
    ElasticMapReduceResponse,
    "run_job_flow",
    service="emr",
    what=f"RunJobFlow that keeps {', '.join(FORGOTTEN)} and both policies, and needs its instance profile, its "
    "security configuration and the service-access group's rule",
    why="moto forgets the first and looks for none of the others",
)
def run_job_flow(self: Any) -> Any:
    backend = self.backend
    _check_profile(backend, self._get_param("JobFlowRole"))
    check_idle_timeout(self._get_param("AutoTerminationPolicy"))
    instances = plain(self._get_param("Instances"))
    check_fleets(instances, plain(self._get_param("ManagedScalingPolicy")))
    if instances.get("InstanceFleets") and instances.get("Ec2SubnetIds"):
        # EMR chooses one of them: https://docs.aws.amazon.com/emr/latest/APIReference/API_JobFlowInstancesConfig.html
        self.params["Instances"]["Ec2SubnetId"] = instances["Ec2SubnetIds"][0]
    configuration = self._get_param("SecurityConfiguration")
    if configuration:
        backend.get_security_configuration(configuration)
    answer = _run(self)
    cluster = backend.clusters[answer.result["JobFlowId"]]
    if instances.get("InstanceFleets"):
        start_fleets(backend, cluster, instances)
    for name, attribute in FORGOTTEN.items():
        setattr(cluster, attribute, self._get_param(name))
    # https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
    cluster.visible_to_all_users = self._get_bool_param("VisibleToAllUsers", True)
    cluster.unhealthy_node_replacement = self._get_bool_param("Instances.UnhealthyNodeReplacement", False)
    for policy in POLICIES:
        setattr(cluster, policy, plain(self._get_param(policy)))
    if cluster.state in ENDED:
        _end_nodes(cluster, "ALL_STEPS_COMPLETED", "Steps completed")
    elif not reaches_service(backend, cluster):
        _terminate(cluster)
        cluster.state = "TERMINATED_WITH_ERRORS"
        _end_nodes(
            cluster,
            "VALIDATION_ERROR",
            "ServiceAccessSecurityGroup is missing ingress rule from EmrManagedMasterSecurityGroup on port 9443",
        )
    return answer


def check_idle_timeout(policy: Any) -> None:
    """Refuse an idle time that EMR does not take."""
    seconds = (policy or {}).get("IdleTimeout")
    if seconds is not None and seconds not in IDLE:
        raise ValidationException(
            f"The idle timeout {seconds} is not valid: it must be between {IDLE[0]} and {IDLE[-1]} seconds."
        )


def plain(value: Any) -> Any:
    """What a request gave, without the wrapping by which moto reads it in any spelling."""
    return value.original_dict() if isinstance(value, XFormedDict) else value


def _check_profile(backend: Any, name_or_arn: str | None) -> None:
    if not name_or_arn:
        return
    iam = iam_backends[backend.account_id][get_partition(backend.region_name)]
    name = name_or_arn.rsplit("/", 1)[-1]
    try:
        iam.get_instance_profile(name)
    except NotFoundException as error:
        raise ValidationException(f"Invalid InstanceProfile: {name}.") from error


@fills(
    Cluster,
    "add_steps",
    service="emr",
    what="steps that wait, since nothing here runs them",
    why="moto says of the first one that it runs, for ever",
)
def add_steps(self: Any, steps: list[dict[str, Any]]) -> list[Step]:
    added = [Step(state="PENDING", **step) for step in steps]
    self.steps.extend(added)
    return added


@fills(
    ElasticMapReduceBackend,
    "run_instances",
    service="emr",
    what="nodes in the cluster's subnet, with its security groups",
    why="moto starts them in the default VPC",
)
def run_instances(self: Any, cluster_id: str, instances: Mapping[str, Any], instance_group: Any) -> None:
    from moto.emr.models import EXAMPLE_AMI_ID, Instance

    cluster = self.clusters[cluster_id]
    primary = instance_group.role == "MASTER"
    managed = cluster.master_security_group if primary else cluster.slave_security_group
    more = cluster.additional_master_security_groups if primary else cluster.additional_slave_security_groups
    where = (
        {
            "subnet_id": cluster.ec2_subnet_id,
            "security_group_ids": [group for group in (managed, *(more or [])) if group],
        }
        if cluster.ec2_subnet_id
        else {}
    )
    reservation = self.ec2_backend.run_instances(
        EXAMPLE_AMI_ID,
        int(instances["InstanceCount"]),
        None,
        [],
        instance_type=instances["InstanceType"],
        is_instance_type_default=False,
        region_name=self.region_name,
        **where,
    )
    for started in reservation.instances:
        for interface in started.nics.values():
            interface.delete_on_termination = True  # as EC2 makes it at a launch
        cluster.add_instance(Instance(ec2_instance=started, instance_group=instance_group))


def _master_public_dns_name(self: Any) -> str | None:
    """https://docs.aws.amazon.com/emr/latest/APIReference/API_Cluster.html."""
    for instance in self.ec2_instances:
        if instance.instance_group.role == "MASTER":
            public: str | None = instance.public_dns_name
            private: str = instance.private_dns_name
            return public or private
    return None


fills(
    Cluster,
    "master_public_dns_name",
    service="emr",
    what="MasterPublicDnsName, which in a private subnet is the primary node's private name",
    why="moto makes up a public one",
)(property(_master_public_dns_name))


@fills(
    Cluster,
    "terminate",
    service="emr",
    what="a terminated cluster whose nodes are terminated too",
    why="moto leaves them running",
)
def terminate(self: Any) -> None:
    if self.state in ENDED:
        return
    _terminate(self)
    _end_nodes(self, "USER_REQUEST", "Terminated by user request")


def _end_nodes(cluster: Any, code: str, message: str) -> None:
    cluster.ended_because = (code, message)
    for group in [*cluster.instance_groups, *(fleet.group for fleet in fleets_of(cluster))]:
        group.state, group.end_date_time = "TERMINATED", utcnow()
    nodes = [instance.ec2_instance.id for instance in cluster.ec2_instances]
    if nodes:
        cluster.emr_backend.ec2_backend.terminate_instances(nodes)


def _status(self: Any) -> dict[str, Any]:
    code, message = getattr(self, "ended_because", (None, None))
    return {
        "State": self.state,
        "StateChangeReason": {"Code": code, "Message": message},
        "Timeline": {
            "CreationDateTime": self.creation_datetime,
            "EndDateTime": self.end_datetime,
            "ReadyDateTime": self.ready_datetime,
        },
    }


fills(
    Cluster,
    "status",
    service="emr",
    what="why a cluster has ended, by code and message",
    why="moto says nothing",
)(property(_status))


def _ebs_block_devices(self: Any) -> list[dict[str, Any]]:
    configs = (self.ebs_configuration or {}).get("EbsBlockDeviceConfigs") or []
    volumes = [
        config["VolumeSpecification"] for config in configs for _ in range(config.get("VolumesPerInstance") or 1)
    ]
    names = ("Iops", "SizeInGB", "Throughput", "VolumeType")
    return [
        {
            "Device": f"/dev/sd{chr(ord('b') + number)}",
            "VolumeSpecification": {name: volume[name] for name in names if volume.get(name) is not None},
        }
        for number, volume in enumerate(volumes)
    ]


fills(
    InstanceGroup,
    "ebs_block_devices",
    service="emr",
    what="every volume of a node, with its throughput",
    why="moto forgets the throughput, and all volumes where their number is left to EMR",
)(property(_ebs_block_devices))


@fills(
    ElasticMapReduceBackend,
    "list_clusters",
    service="emr",
    what="ListClusters, newest first",
    why="moto sorts them by their random ids",
)
def list_clusters(self: Any, *filters: Any, **named: Any) -> list[Any]:
    known = list(self.clusters)  # as they were made: two may be of the same instant
    return sorted(_list_clusters(self, *filters, **named), key=lambda cluster: known.index(cluster.id), reverse=True)


@fills(
    ElasticMapReduceBackend,
    "list_instance_groups",
    service="emr",
    what="ListInstanceGroups, refused of a cluster that does not exist or has instance fleets",
    why="moto answers 500",
)
def list_instance_groups(self: Any, cluster_id: str) -> list[Any]:
    if fleets_of(self.describe_cluster(cluster_id)):
        raise InvalidRequestException(
            "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the request uses "
            "instance fleets. The ListInstanceGroups request does not support clusters that use instance fleets."
        )
    groups: list[Any] = _list_instance_groups(self, cluster_id)
    return groups


@fills(
    ElasticMapReduceBackend,
    "delete_security_configuration",
    service="emr",
    what="DeleteSecurityConfiguration, refused while a cluster uses it",
    why="moto deletes it",
)
def delete_security_configuration(self: Any, name: str) -> None:
    users = [each.id for each in self.clusters.values() if each.security_configuration == name]
    living = [cluster_id for cluster_id in users if self.clusters[cluster_id].state not in ENDED]
    if living:
        raise InvalidRequestException(
            f"Security configuration '{name}' cannot be deleted because it is in use by active clusters: "
            f"{', '.join(living)}."
        )
    _delete_security_configuration(self, name)
