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
from moto.emr.utils import (
    EmrManagedMasterSecurityGroup,
    EmrManagedSecurityGroup,
    EmrManagedSlaveSecurityGroup,
    EmrSecurityGroupManager,
)
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from embedded_aws.gaps._registry import fills

_run = ElasticMapReduceResponse.run_job_flow
_terminate = Cluster.terminate
_manage_groups = ElasticMapReduceBackend._manage_security_groups
_list_clusters = ElasticMapReduceBackend.list_clusters
_list_instance_groups = ElasticMapReduceBackend.list_instance_groups
_modify_cluster = ElasticMapReduceBackend.modify_cluster
_modify_instance_groups = ElasticMapReduceBackend.modify_instance_groups
_delete_security_configuration = ElasticMapReduceBackend.delete_security_configuration

# What RunJobFlow takes and moto forgets; DescribeCluster shows it.
FORGOTTEN = {
    "LogEncryptionKmsKeyId": "log_encryption_kms_key_id",
    "OSReleaseLabel": "os_release_label",
    "ScaleDownBehavior": "scale_down_behavior",
}
# What it takes and moto forgets too; Get* shows it: emr_policies.py.
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
    configuration = self._get_param("SecurityConfiguration")
    if configuration:
        backend.get_security_configuration(configuration)
    answer = _run(self)
    cluster = backend.clusters[answer.result["JobFlowId"]]
    for name, attribute in FORGOTTEN.items():
        setattr(cluster, attribute, self._get_param(name))
    # https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
    cluster.visible_to_all_users = self._get_bool_param("VisibleToAllUsers", True)
    cluster.unhealthy_node_replacement = self._get_bool_param("Instances.UnhealthyNodeReplacement", False)
    for policy in POLICIES:
        setattr(cluster, policy, plain(self._get_param(policy)))
    if cluster.state in ENDED:
        _end_nodes(cluster, "ALL_STEPS_COMPLETED", "Steps completed")
    elif not _reaches_service(backend, cluster):
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


def _reaches_service(backend: Any, cluster: Any) -> bool:
    """Whether the primary node reaches EMR's manager in a private subnet, which EMR asks for since 5.30.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
    """
    if not cluster.ec2_subnet_id or not cluster.service_access_security_group:
        return True
    group = backend.ec2_backend.get_security_group_from_id(cluster.service_access_security_group)
    return any(
        rule.source_group.get("GroupId") == cluster.master_security_group
        and (rule.ip_protocol == "-1" or int(rule.from_port) <= 9443 <= int(rule.to_port))
        for rule in group.ingress_rules
    )


@fills(
    EmrSecurityGroupManager,
    "_add_rules_to",
    service="emr",
    what="in security groups of one's own, the missing inbound rules of primary and core nodes only",
    why="moto adds outbound rules to everywhere too, and the service-access group's rule that must be there before",
)
def add_rules_to(self: Any, managed_groups: Mapping[str, Any]) -> None:
    """https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html."""
    from moto.ec2.exceptions import InvalidPermissionDuplicateError

    service = EmrManagedSecurityGroup.Kind.SERVICE
    made_by_emr = all(group.name.startswith("ElasticMapReduce-") for group in managed_groups.values())
    inbound = [
        {**rule, "source_groups": [each for each in rule["source_groups"] if each["GroupId"] in managed_groups]}
        for rule in self.MANAGED_RULES_INGRESS
        if rule["group_name_or_id"] in managed_groups and (made_by_emr or rule["group_name_or_id"] != service)
    ]
    inbound = [rule for rule in inbound if rule["source_groups"]]
    outbound = [
        rule for rule in self.MANAGED_RULES_EGRESS if made_by_emr and rule["group_name_or_id"] in managed_groups
    ]
    for rules, add in (
        (inbound, self.ec2.authorize_security_group_ingress),
        (outbound, self.ec2.authorize_security_group_egress),
    ):
        for rule in self._render_rules(rules, managed_groups):
            # One by one: a call with one that exists adds none of those that come after it.
            for sources in [[source] for source in rule["source_groups"]] or [[]]:
                try:
                    add(vpc_id=self.vpc_id, **{**rule, "source_groups": sources})
                except InvalidPermissionDuplicateError:
                    continue  # it is there already


class _PublicPrimaryGroup(EmrManagedMasterSecurityGroup):  # type: ignore[misc]
    group_name = "ElasticMapReduce-master"


class _PublicCoreGroup(EmrManagedSlaveSecurityGroup):  # type: ignore[misc]
    group_name = "ElasticMapReduce-slave"


@fills(
    ElasticMapReduceBackend,
    "_manage_security_groups",
    service="emr",
    what="in a public subnet, the managed security groups of public clusters, without one for service access",
    why="moto takes every subnet for a private one",
)
def manage_security_groups(self: Any, ec2_subnet_id: str | None, **groups: Any) -> tuple[str, str, str | None]:
    """https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html."""
    if groups["service_access_security_group"] or not _is_public(self.ec2_backend, ec2_subnet_id):
        managed: tuple[str, str, str | None] = _manage_groups(self, ec2_subnet_id, **groups)
        return managed
    manager = EmrSecurityGroupManager(self.ec2_backend, self.ec2_backend.get_subnet(ec2_subnet_id).vpc_id)
    primary = manager._get_or_create_sg(groups["emr_managed_master_security_group"], _PublicPrimaryGroup)
    core = manager._get_or_create_sg(groups["emr_managed_slave_security_group"], _PublicCoreGroup)
    kinds = EmrManagedSecurityGroup.Kind
    manager._add_rules_to({kinds.MASTER: primary, kinds.SLAVE: core})
    return primary.id, core.id, None


def _is_public(ec2: Any, subnet_id: str | None) -> bool:
    """Whether a route leads from a subnet to an internet gateway.

    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
    """
    subnet = next((each for zone in ec2.subnets.values() for each in zone.values() if each.id == subnet_id), None)
    if subnet is None:
        return False
    tables = [table for table in ec2.route_tables.values() if table.vpc_id == subnet.vpc_id]
    own = [table for table in tables if subnet_id in table._associations.values()]
    used = own or [table for table in tables if table.main_association_id]
    routes = [route for table in used for route in table.routes]
    return any(route.gateway and route.gateway.id.startswith("igw-") for route in routes)


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
    for group in cluster.instance_groups:
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
    what="ListInstanceGroups, refused of a cluster that does not exist",
    why="moto answers 500",
)
def list_instance_groups(self: Any, cluster_id: str) -> list[Any]:
    self.describe_cluster(cluster_id)
    groups: list[Any] = _list_instance_groups(self, cluster_id)
    return groups


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
