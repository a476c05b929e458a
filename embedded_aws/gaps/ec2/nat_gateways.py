"""EC2: NAT gateways and the Elastic IP addresses that they use."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend

from embedded_aws.gaps._registry import fills

_create_nat_gateway = NatGatewayBackend.create_nat_gateway
_delete_nat_gateway = NatGatewayBackend.delete_nat_gateway
_release_address = ElasticAddressBackend.release_address


@fills(
    NatGatewayBackend,
    "create_nat_gateway",
    service="ec2",
    what="CreateNatGateway, refused without an address, or with one that is in use, before anything is created",
    why="moto accepts the first, and leaves a network interface in the subnet after the second",
)
def create_nat_gateway(
    self: Any, subnet_id: str, allocation_id: str | None, tags: Any = None, connectivity_type: str | None = None
) -> Any:
    """https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html"""
    kind = connectivity_type or "public"
    self.get_subnet(subnet_id)  # refuses an unknown one
    if kind == "public" and not allocation_id:
        raise EC2ClientError("MissingParameter", "The request must contain the parameter AllocationId")
    if kind == "public" and self.address_by_allocation([allocation_id])[0].association_id:
        raise EC2ClientError(
            "Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated"
        )
    return _create_nat_gateway(self, subnet_id, allocation_id, tags, kind)


@fills(
    NatGatewayBackend,
    "delete_nat_gateway",
    service="ec2",
    what="DeleteNatGateway, which gives up its address and its network interface, and is refused for an unknown id",
    why="moto keeps the interface in the subnet and answers with a 500",
)
def delete_nat_gateway(self: Any, nat_gateway_id: str) -> Any:
    gateway = self.nat_gateways.get(nat_gateway_id)
    if gateway is None:
        raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
    if gateway.state != "deleted":
        for address in self.addresses:
            if address.eni is gateway._eni:
                self.disassociate_address(address=address.public_ip)
        self.delete_network_interface(gateway._eni.id)
    return _delete_nat_gateway(self, nat_gateway_id)


@fills(
    ElasticAddressBackend,
    "release_address",
    service="ec2",
    what="ReleaseAddress, refused while a NAT gateway or an instance uses the address",
    why="moto takes the address away from it",
)
def release_address(self: Any, address: str | None = None, allocation_id: str | None = None) -> None:
    found = self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id])
    if found[0].association_id:
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")
    _release_address(self, address=address, allocation_id=allocation_id)
