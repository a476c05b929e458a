"""EC2: the private names of VPC endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.vpcs import VPCs

from embedded_aws.gaps._registry import fills

_create = VPCBackend.create_vpc_endpoint
_CREATE = signature(_create)


@fills(
    VPCBackend,
    "create_vpc_endpoint",
    service="ec2",
    what="CreateVpcEndpoint, refused with private DNS where the VPC has an endpoint with the same private name",
    why="moto makes any number",
)
def create_vpc_endpoint(*arguments: Any, **named: Any) -> Any:
    call = _CREATE.bind(*arguments, **named)
    call.apply_defaults()
    given = call.arguments
    if str(given["endpoint_type"]).lower() == "interface" and given["private_dns_enabled"]:
        check_private_name(given["self"], vpc_id=given["vpc_id"], service_name=given["service_name"])
    return _create(*arguments, **named)


_answer_create = VPCs.create_vpc_endpoint


@fills(
    VPCs,
    "create_vpc_endpoint",
    service="ec2",
    what="CreateVpcEndpoint with DNS options, which DescribeVpcEndpoints shows",
    why="moto drops them",
)
def answer_create_vpc_endpoint(self: Any) -> Any:
    answer = _answer_create(self)
    endpoint = self.ec2_backend.vpc_end_points[answer.result["VpcEndpoint"].id]
    set_dns_options(endpoint, self._get_param("DnsOptions") or {})
    return answer


def set_dns_options(endpoint: Any, options: Mapping[str, Any]) -> None:
    """Keep what is given of an interface endpoint's DNS options; without a word its names have IPv4 addresses.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptions.html
    """
    if str(endpoint.vpc_endpoint_type).lower() == "interface":
        before = getattr(endpoint, "dns_options", None) or {"DnsRecordIpType": "ipv4"}
        booleans = {"true": True, "false": False}  # a query's values are texts
        endpoint.dns_options = {**before, **{name: booleans.get(value, value) for name, value in options.items()}}


def check_private_name(backend: Any, *, vpc_id: str, service_name: str, but: str = "") -> None:
    """Refuse a second endpoint with the same private name in one VPC.

    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html; the words are those of
    https://github.com/hashicorp/terraform-provider-aws/issues/17535.

    Args:
        backend: EC2.
        vpc_id: the VPC.
        service_name: such as `com.amazonaws.eu-west-1.sagemaker.api`.
        but: the endpoint that asks, if it exists.
    """
    taken = any(
        endpoint.vpc_id == vpc_id
        and endpoint.service_name == service_name
        and str(endpoint.vpc_endpoint_type).lower() == "interface"
        and endpoint.private_dns_enabled
        and endpoint.id != but
        for endpoint in backend.vpc_end_points.values()
    )
    if taken:
        raise EC2ClientError(
            "InvalidParameter",
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
            f"{_private_name(service_name)} in the VPC {vpc_id}",
        )


def _private_name(service_name: str) -> str:
    """`api.sagemaker.eu-west-1.amazonaws.com` of `com.amazonaws.eu-west-1.sagemaker.api`."""
    *_, region, service = service_name.split(".", 3)
    return ".".join([*reversed(service.split(".")), region, "amazonaws.com"])
