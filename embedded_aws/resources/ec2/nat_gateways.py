"""AWS::EC2: NAT gateways and the Elastic IP addresses that they use."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, pick
from embedded_aws.resources.ec2.vpc import tag_specifications, update_ec2_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class ElasticIp(Handler):
    type_name = "AWS::EC2::EIP"
    supported = frozenset({"Domain", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        address = call(
            context,
            "ec2",
            "AllocateAddress",
            Domain=properties.get("Domain", "vpc"),
            TagSpecifications=tag_specifications("elastic-ip", properties),
        )
        context.report_id(address["PublicIp"])
        return pick(address, "PublicIp", "AllocationId")

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        address = self._address(context, physical_id)
        update_ec2_tags(context, address["AllocationId"], old, new)
        return pick(address, "PublicIp", "AllocationId")

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "ReleaseAddress", AllocationId=self._address(context, physical_id)["AllocationId"])

    def _address(self, context: Context, public_ip: str) -> dict[str, Any]:
        found: dict[str, Any] = call(context, "ec2", "DescribeAddresses", PublicIps=[public_ip])["Addresses"][0]
        return found


@handler
class NatGateway(Handler):
    type_name = "AWS::EC2::NatGateway"
    supported = frozenset({"AllocationId", "ConnectivityType", "SubnetId", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        gateway = call(
            context,
            "ec2",
            "CreateNatGateway",
            **pick(properties, "AllocationId", "ConnectivityType", "SubnetId"),
            TagSpecifications=tag_specifications("natgateway", properties),
        )["NatGateway"]
        context.report_id(gateway["NatGatewayId"])
        return _attributes(gateway)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        update_ec2_tags(context, physical_id, old, new)
        answer = call(context, "ec2", "DescribeNatGateways", NatGatewayIds=[physical_id])
        return _attributes(answer["NatGateways"][0])

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DeleteNatGateway", NatGatewayId=physical_id)


def _attributes(gateway: dict[str, Any]) -> dict[str, Any]:
    return {
        "NatGatewayId": gateway["NatGatewayId"],
        "EniId": gateway["NatGatewayAddresses"][0]["NetworkInterfaceId"],
    }
