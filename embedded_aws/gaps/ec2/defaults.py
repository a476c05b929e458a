"""EC2: what every VPC has and nobody deletes."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.responses.route_tables import RouteTables
from moto.ec2.responses.security_groups import SecurityGroups

from embedded_aws.gaps._registry import fills

_delete_group = SecurityGroups.delete_security_group
_delete_table = RouteTables.delete_route_table


@fills(
    SecurityGroups,
    "delete_security_group",
    service="ec2",
    what="DeleteSecurityGroup, refused for the default group of a VPC",
    why="moto deletes it",
)
def delete_security_group(self: Any) -> Any:
    """https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html"""
    group_id = self._get_param("GroupId")
    group = self.ec2_backend.get_security_group_from_id(group_id) if group_id else None
    if group is not None and group.name == "default":
        raise EC2ClientError(
            "CannotDelete", f'the specified group: "{group_id}" name: "default" cannot be deleted by a user'
        )
    return _delete_group(self)


@fills(
    RouteTables,
    "delete_route_table",
    service="ec2",
    what="DeleteRouteTable, refused for the main route table of a VPC",
    why="moto deletes it",
)
def delete_route_table(self: Any) -> Any:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html"""
    table_id = self._get_param("RouteTableId")
    if self.ec2_backend.get_route_table(table_id).main_association_id:
        raise DependencyViolationError(f"The routeTable '{table_id}' has dependencies and cannot be deleted.")
    return _delete_table(self)
