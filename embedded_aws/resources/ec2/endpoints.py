"""AWS::EC2: endpoints of AWS's services in a VPC, and flow logs."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import call, changed, difference, pick
from embedded_aws.resources.ec2.vpc import tag_specifications, update_ec2_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

_ONLY_INBOUND = "PrivateDnsOnlyForInboundResolverEndpoint"


@handler
class VpcEndpoint(Handler):
    type_name = "AWS::EC2::VPCEndpoint"
    LISTS = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")
    SCALARS = ("VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled", "PolicyDocument")
    supported = frozenset({*LISTS, *SCALARS, "DnsOptions", "Tags"})
    # CloudFormation's; the API itself takes private DNS as wanted.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpcendpoint.html
    DEFAULTS: ClassVar[dict[str, Any]] = {"VpcEndpointType": "Gateway", "PrivateDnsEnabled": False}

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        endpoint = call(
            context,
            "ec2",
            "CreateVpcEndpoint",
            **{**self.DEFAULTS, **pick(properties, *self.SCALARS, *self.LISTS)},
            **_dns_options(properties),
            TagSpecifications=tag_specifications("vpc-endpoint", properties),
        )["VpcEndpoint"]
        context.report_id(endpoint["VpcEndpointId"])
        return self._attributes(context, endpoint["VpcEndpointId"])

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for name in self.LISTS:
            items = difference(old.get(name), new.get(name))
            changes |= {f"Add{name}": items.added or None, f"Remove{name}": items.removed or None}
        if changed(old, new, "PolicyDocument"):
            policy = new.get("PolicyDocument")
            changes |= {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
        if changed(old, new, "PrivateDnsEnabled"):
            changes["PrivateDnsEnabled"] = new.get("PrivateDnsEnabled", False)
        if changed(old, new, "DnsOptions"):
            changes |= _dns_options(new)
        if any(value is not None for value in changes.values()):
            call(context, "ec2", "ModifyVpcEndpoint", VpcEndpointId=physical_id, **changes)
        update_ec2_tags(context, physical_id, old, new)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        failed = call(context, "ec2", "DeleteVpcEndpoints", VpcEndpointIds=[physical_id])["Unsuccessful"]
        if failed:
            raise HandlerError(failed[0]["Error"]["Message"])

    def _attributes(self, context: Context, endpoint_id: str) -> dict[str, Any]:
        endpoint = call(context, "ec2", "DescribeVpcEndpoints", VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]
        return {
            "Id": endpoint_id,
            "CreationTimestamp": endpoint["CreationTimestamp"].isoformat(),
            "NetworkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
            "DnsEntries": [f"{e.get('HostedZoneId', '')}:{e['DnsName']}" for e in endpoint.get("DnsEntries", [])],
        }


def _dns_options(properties: Properties) -> dict[str, Any]:
    """The API's argument: it takes a boolean where CloudFormation has words, and has none for what is left open.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-vpcendpoint-dnsoptionsspecification.html
    """
    given = properties.get("DnsOptions") or {}
    options = {name: value for name, value in given.items() if value not in {"not-specified", "NotSpecified"}}
    if _ONLY_INBOUND in options:
        options[_ONLY_INBOUND] = options[_ONLY_INBOUND] == "OnlyInboundResolver"
    return {"DnsOptions": options} if options else {}


@handler
class FlowLog(Handler):
    type_name = "AWS::EC2::FlowLog"
    ARGUMENTS = (
        "DeliverLogsPermissionArn",
        "LogDestination",
        "LogDestinationType",
        "LogFormat",
        "LogGroupName",
        "MaxAggregationInterval",
        "ResourceType",
        "TrafficType",
    )
    supported = frozenset({*ARGUMENTS, "ResourceId", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        answer = call(
            context,
            "ec2",
            "CreateFlowLogs",
            ResourceIds=[properties["ResourceId"]],
            **pick(properties, *self.ARGUMENTS),
            TagSpecifications=tag_specifications("vpc-flow-log", properties),
        )
        if answer.get("Unsuccessful"):
            raise HandlerError(answer["Unsuccessful"][0]["Error"]["Message"])
        return {"Id": context.report_id(answer["FlowLogIds"][0])}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        update_ec2_tags(context, physical_id, old, new)
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        failed = call(context, "ec2", "DeleteFlowLogs", FlowLogIds=[physical_id]).get("Unsuccessful")
        if failed:
            raise HandlerError(failed[0]["Error"]["Message"])
