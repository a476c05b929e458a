"""AWS::EC2: the VPC, its subnets, its routes and its internet gateway."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import call, changed, ignoring, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


def tag_specifications(kind: str, properties: Properties) -> list[dict[str, Any]] | None:
    """The tags as EC2's create calls take them, or None without any."""
    wanted = tags(properties)
    return [{"ResourceType": kind, "Tags": wanted}] if wanted else None


def update_ec2_tags(context: Context, physical_id: str, old: Properties, new: Properties) -> None:
    update_tags(
        old,
        new,
        remove=lambda keys: call(
            context, "ec2", "DeleteTags", Resources=[physical_id], Tags=[{"Key": key} for key in keys]
        ),
        add=lambda _: call(context, "ec2", "CreateTags", Resources=[physical_id], Tags=tags(new)),
    )


def filters(**wanted: str) -> list[dict[str, Any]]:
    """EC2's filters from keywords: `vpc_id="vpc-1"` is the filter vpc-id."""
    return [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in wanted.items()]


@handler
class Vpc(Handler):
    type_name = "AWS::EC2::VPC"
    supported = frozenset({"CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Tags"})

    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpc.html
    DNS_DEFAULTS: ClassVar[dict[str, bool]] = {"EnableDnsSupport": True, "EnableDnsHostnames": False}

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        vpc = call(
            context,
            "ec2",
            "CreateVpc",
            **pick(properties, "CidrBlock", "InstanceTenancy"),
            TagSpecifications=tag_specifications("vpc", properties),
        )["Vpc"]
        context.report_id(vpc["VpcId"])
        self._settle_dns(context, vpc["VpcId"], {}, properties)
        return self._attributes(context, vpc["VpcId"])

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle_dns(context, physical_id, old, new)
        if changed(old, new, "InstanceTenancy"):
            tenancy = new.get("InstanceTenancy", "default")
            call(context, "ec2", "ModifyVpcTenancy", VpcId=physical_id, InstanceTenancy=tenancy)
        update_ec2_tags(context, physical_id, old, new)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DeleteVpc", VpcId=physical_id)

    def _settle_dns(self, context: Context, vpc_id: str, old: Properties, new: Properties) -> None:
        for name, default in self.DNS_DEFAULTS.items():  # the API takes one attribute at a time
            if changed(old, new, name):
                call(context, "ec2", "ModifyVpcAttribute", VpcId=vpc_id, **{name: {"Value": new.get(name, default)}})

    def _attributes(self, context: Context, vpc_id: str) -> dict[str, Any]:
        vpc = call(context, "ec2", "DescribeVpcs", VpcIds=[vpc_id])["Vpcs"][0]
        groups = call(context, "ec2", "DescribeSecurityGroups", Filters=filters(vpc_id=vpc_id, group_name="default"))
        acls = call(context, "ec2", "DescribeNetworkAcls", Filters=filters(vpc_id=vpc_id, default="true"))
        return {
            "VpcId": vpc_id,
            "CidrBlock": vpc["CidrBlock"],
            "CidrBlockAssociations": [a["AssociationId"] for a in vpc["CidrBlockAssociationSet"]],
            "DefaultNetworkAcl": acls["NetworkAcls"][0]["NetworkAclId"],
            "DefaultSecurityGroup": groups["SecurityGroups"][0]["GroupId"],
            "Ipv6CidrBlocks": [a["Ipv6CidrBlock"] for a in vpc.get("Ipv6CidrBlockAssociationSet", [])],
        }


@handler
class Subnet(Handler):
    type_name = "AWS::EC2::Subnet"
    supported = frozenset(
        {"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId"}
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        subnet = call(
            context,
            "ec2",
            "CreateSubnet",
            **pick(properties, "VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId"),
            TagSpecifications=tag_specifications("subnet", properties),
        )["Subnet"]
        context.report_id(subnet["SubnetId"])
        self._settle_public_ip(context, subnet["SubnetId"], {}, properties)
        return self._attributes(context, subnet["SubnetId"])

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle_public_ip(context, physical_id, old, new)
        update_ec2_tags(context, physical_id, old, new)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DeleteSubnet", SubnetId=physical_id)

    def _settle_public_ip(self, context: Context, subnet_id: str, old: Properties, new: Properties) -> None:
        if changed(old, new, "MapPublicIpOnLaunch"):
            value = {"Value": new.get("MapPublicIpOnLaunch", False)}
            call(context, "ec2", "ModifySubnetAttribute", SubnetId=subnet_id, MapPublicIpOnLaunch=value)

    def _attributes(self, context: Context, subnet_id: str) -> dict[str, Any]:
        subnet = call(context, "ec2", "DescribeSubnets", SubnetIds=[subnet_id])["Subnets"][0]
        acls = call(
            context, "ec2", "DescribeNetworkAcls", Filters=[{"Name": "association.subnet-id", "Values": [subnet_id]}]
        )
        associations = (a for acl in acls["NetworkAcls"] for a in acl["Associations"] if a["SubnetId"] == subnet_id)
        return {
            **pick(subnet, "SubnetId", "VpcId", "AvailabilityZone", "AvailabilityZoneId", "CidrBlock"),
            "NetworkAclAssociationId": next(associations)["NetworkAclAssociationId"],
            "Ipv6CidrBlocks": [a["Ipv6CidrBlock"] for a in subnet.get("Ipv6CidrBlockAssociationSet", [])],
            "BlockPublicAccessStates": subnet.get("BlockPublicAccessStates", {"InternetGatewayBlockMode": "off"}),
        }


@handler
class RouteTable(Handler):
    type_name = "AWS::EC2::RouteTable"
    supported = frozenset({"Tags", "VpcId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        table = call(
            context,
            "ec2",
            "CreateRouteTable",
            **pick(properties, "VpcId"),
            TagSpecifications=tag_specifications("route-table", properties),
        )["RouteTable"]
        return {"RouteTableId": context.report_id(table["RouteTableId"])}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        update_ec2_tags(context, physical_id, old, new)
        return {"RouteTableId": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DeleteRouteTable", RouteTableId=physical_id)


@handler
class Route(Handler):
    type_name = "AWS::EC2::Route"
    supported = frozenset({"DestinationCidrBlock", "GatewayId", "NatGatewayId", "RouteTableId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        call(context, "ec2", "CreateRoute", **properties)
        context.report_id(f"{properties['RouteTableId']}|{properties['DestinationCidrBlock']}")
        return {"CidrBlock": properties["DestinationCidrBlock"]}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        call(context, "ec2", "ReplaceRoute", **new)
        return {"CidrBlock": new["DestinationCidrBlock"]}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DeleteRoute", **pick(properties, "RouteTableId", "DestinationCidrBlock"))


@handler
class SubnetRouteTableAssociation(Handler):
    type_name = "AWS::EC2::SubnetRouteTableAssociation"
    supported = frozenset({"RouteTableId", "SubnetId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        association = call(context, "ec2", "AssociateRouteTable", **properties)["AssociationId"]
        return {"Id": context.report_id(association)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        # A subnet has one table: the association moves and gets another id, in place.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-subnetroutetableassociation.html
        ids_changed = call(
            context,
            "ec2",
            "ReplaceRouteTableAssociation",
            AssociationId=self._current_id(context, new["SubnetId"]) or physical_id,
            RouteTableId=new["RouteTableId"],
        )
        return {"Id": context.report_id(ids_changed["NewAssociationId"])}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DisassociateRouteTable", AssociationId=physical_id)

    def _current_id(self, context: Context, subnet_id: str) -> str | None:
        """The id of a subnet's association: not the one that is known, if the answer to an update was lost."""
        own = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
        tables = call(context, "ec2", "DescribeRouteTables", Filters=own)["RouteTables"]
        associations = (each for table in tables for each in table["Associations"])
        return next(
            (each["RouteTableAssociationId"] for each in associations if each.get("SubnetId") == subnet_id), None
        )


@handler
class InternetGateway(Handler):
    type_name = "AWS::EC2::InternetGateway"
    supported = frozenset({"Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        gateway = call(
            context,
            "ec2",
            "CreateInternetGateway",
            TagSpecifications=tag_specifications("internet-gateway", properties),
        )["InternetGateway"]
        return {"InternetGatewayId": context.report_id(gateway["InternetGatewayId"])}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        update_ec2_tags(context, physical_id, old, new)
        return {"InternetGatewayId": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "ec2", "DeleteInternetGateway", InternetGatewayId=physical_id)


@handler
class VpcGatewayAttachment(Handler):
    type_name = "AWS::EC2::VPCGatewayAttachment"
    supported = frozenset({"InternetGatewayId", "VpcId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        call(context, "ec2", "AttachInternetGateway", **properties)
        context.report_id(f"IGW|{properties['VpcId']}")
        return {"AttachmentType": "IGW"}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        with ignoring("Gateway.NotAttached"):  # a VPC has one internet gateway at a time
            call(context, "ec2", "DetachInternetGateway", **old)
        if not self._is_attached(context, new):
            call(context, "ec2", "AttachInternetGateway", **new)
        return {"AttachmentType": "IGW"}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with ignoring("Gateway.NotAttached"):
            call(context, "ec2", "DetachInternetGateway", **properties)

    def _is_attached(self, context: Context, properties: Properties) -> bool:
        """Whether the gateway is attached already, as after an update that was refused before it detached it."""
        gateways = [properties["InternetGatewayId"]]
        (gateway,) = call(context, "ec2", "DescribeInternetGateways", InternetGatewayIds=gateways)["InternetGateways"]
        return any(each["VpcId"] == properties["VpcId"] for each in gateway["Attachments"])
