"""EC2."""

from __future__ import annotations

from inspect import signature
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError, InvalidAvailabilityZoneError
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses.vpcs import VPCs
from moto.ec2.utils import random_private_ip

from embedded_aws.gaps._registry import fills
from embedded_aws.gaps.ec2.endpoints import check_private_name, set_dns_options

_delete_vpc = VPCBackend.delete_vpc
_create_subnet = SubnetBackend.create_subnet
_CREATE_SUBNET = signature(_create_subnet)
_delete_subnet = SubnetBackend.delete_subnet
_delete_security_group = SecurityGroupBackend.delete_security_group
_delete_vpc_endpoints = VPCBackend.delete_vpc_endpoints


@fills(
    VPCBackend,
    "delete_vpc",
    service="ec2",
    what="DeleteVpc, refused while the VPC has a gateway, an endpoint or a security group of its own",
    why="moto looks at subnets, route tables and VPN gateways only",
)
def delete_vpc(self: Any, vpc_id: str) -> Any:
    gateways = [gateway for gateway in self.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id]
    endpoints = [endpoint for endpoint in self.vpc_end_points.values() if endpoint.vpc_id == vpc_id]
    groups = [group for group in self.groups.get(vpc_id, {}).values() if not group.is_default]
    if gateways or endpoints or groups:
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
    return _delete_vpc(self, vpc_id)


@fills(
    SubnetBackend,
    "create_subnet",
    service="ec2",
    what="CreateSubnet, refused in a zone that the region lacks, and private in a zone that is given by its id",
    why="moto takes the zones of every region, and takes a subnet by zone id for the zone's default, public one",
)
def create_subnet(*arguments: Any, **named: Any) -> Any:
    call = _CREATE_SUBNET.bind(*arguments, **named)
    call.apply_defaults()
    given = call.arguments
    zones = RegionsAndZonesBackend.zones[given["self"].region_name]
    names = {zone.zone_id: zone.name for zone in zones}
    wanted = given["availability_zone"] or names.get(given["availability_zone_id"])
    if wanted not in names.values():
        raise InvalidAvailabilityZoneError(
            given["availability_zone"] or given["availability_zone_id"], ", ".join(names.values())
        )
    return _create_subnet(**{**given, "availability_zone": wanted})


@fills(
    SubnetBackend,
    "delete_subnet",
    service="ec2",
    what="DeleteSubnet, refused while a network interface is in the subnet; its route table association goes with it",
    why="moto looks at neither",
)
def delete_subnet(self: Any, subnet_id: str) -> Any:
    if any(interface.subnet.id == subnet_id for interface in self.enis.values()):
        raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    subnet = _delete_subnet(self, subnet_id)
    for table in self.route_tables.values():
        table._associations = {key: target for key, target in table._associations.items() if target != subnet_id}
    return subnet


@fills(
    SecurityGroupBackend,
    "delete_security_group",
    service="ec2",
    what="DeleteSecurityGroup, refused while an endpoint, a network interface or another group's rule names the group",
    why="moto deletes it",
)
def delete_security_group(self: Any, name: str | None = None, group_id: str | None = None) -> Any:
    if group_id and any(uses(self, group_id) for uses in (_endpoint_uses, _interface_uses, _rule_names)):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    return _delete_security_group(self, name=name, group_id=group_id)


def _endpoint_uses(backend: Any, group_id: str) -> bool:
    return any(group_id in endpoint.security_group_ids for endpoint in backend.vpc_end_points.values())


def _interface_uses(backend: Any, group_id: str) -> bool:
    return any(group.id == group_id for interface in backend.enis.values() for group in interface.group_set)


def _rule_names(backend: Any, group_id: str) -> bool:
    others = (group for groups in backend.groups.values() for group in groups.values() if group.id != group_id)
    rules = (rule for group in others for rule in (*group.ingress_rules, *group.egress_rules))
    return any(rule.source_group.get("GroupId") == group_id for rule in rules)


@fills(
    VPCs,
    "modify_vpc_endpoint",
    service="ec2",
    what="ModifyVpcEndpoint of private DNS and of the policy back to its default, with interfaces and routes",
    why="moto drops both arguments and leaves interfaces and routes as they were",
)
def modify_vpc_endpoint(self: Any) -> Any:
    backend = self.ec2_backend
    endpoint = backend.describe_vpc_endpoints(vpc_end_point_ids=[self._get_param("VpcEndpointId")])[0]
    private_dns = self._get_bool_param("PrivateDnsEnabled")
    if private_dns:
        check_private_name(backend, vpc_id=endpoint.vpc_id, service_name=endpoint.service_name, but=endpoint.id)
    changes = {
        name: self._get_param(name, [])
        for name in (
            "AddSubnetIds",
            "RemoveSubnetIds",
            "AddRouteTableIds",
            "RemoveRouteTableIds",
            "AddSecurityGroupIds",
            "RemoveSecurityGroupIds",
        )
    }
    if endpoint.destination_prefix_list_id:
        _move_routes(backend, endpoint, changes)
    else:
        _move_interfaces(backend, endpoint, changes)
    endpoint.modify(
        policy_doc=_policy(self),
        add_subnets=changes["AddSubnetIds"],
        remove_subnets=changes["RemoveSubnetIds"],
        add_route_tables=changes["AddRouteTableIds"],
        remove_route_tables=changes["RemoveRouteTableIds"],
        add_security_groups=changes["AddSecurityGroupIds"],
        remove_security_groups=changes["RemoveSecurityGroupIds"],
    )
    if private_dns is not None:
        endpoint.private_dns_enabled = private_dns
    set_dns_options(endpoint, self._get_param("DnsOptions") or {})
    return ActionResult({"Return": True})


def _policy(response: Any) -> Any:
    if response._get_bool_param("ResetPolicy"):
        return VPCEndPoint(None, "", "", "", None, None, []).policy_document
    return response._get_param("PolicyDocument")


def _move_routes(backend: Any, endpoint: Any, changes: dict[str, list[str]]) -> None:
    for table in changes["AddRouteTableIds"]:
        if table not in endpoint.route_table_ids:
            backend.create_route(
                table, None, gateway_id=endpoint.id, destination_prefix_list_id=endpoint.destination_prefix_list_id
            )
    for table in changes["RemoveRouteTableIds"]:
        if table in endpoint.route_table_ids:
            backend.delete_route(table, endpoint.destination_prefix_list_id)


def _move_interfaces(backend: Any, endpoint: Any, changes: dict[str, list[str]]) -> None:
    for interface in list(endpoint.network_interface_ids):
        if backend.get_network_interface(interface).subnet.id in changes["RemoveSubnetIds"]:
            backend.enis.pop(interface)
            endpoint.network_interface_ids.remove(interface)
    for subnet_id in changes["AddSubnetIds"]:
        if subnet_id not in endpoint.subnet_ids:
            interface = backend.create_network_interface(backend.get_subnet(subnet_id), random_private_ip())
            endpoint.network_interface_ids.append(interface.id)


@fills(
    VPCBackend,
    "delete_vpc_endpoints",
    service="ec2",
    what="DeleteVpcEndpoints, after which the endpoint is gone from the lists",
    why="moto lists it as deleted for ever",
)
def delete_vpc_endpoints(self: Any, vpce_ids: list[str] | None = None) -> None:
    _delete_vpc_endpoints(self, vpce_ids)
    for endpoint_id in vpce_ids or []:
        self.vpc_end_points.pop(endpoint_id, None)
