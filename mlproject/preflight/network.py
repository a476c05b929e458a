"""Whether an imported network is as the parameters say, and as EMR and private DNS need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlproject.aws_rules.emr import TAG, TAG_VALUE
from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import ImportedNetwork
from mlproject.preflight.look import Look

# Ours: a job, a notebook or a node takes an address, an interface endpoint one in each subnet.
FEW_ADDRESSES = 32


def subnets(look: Look) -> Iterator[Outcome]:
    """Whether the imported subnets exist, in their VPC and zones, with room and with EMR's tag."""
    network = look.environment.network
    if not isinstance(network, ImportedNetwork):
        return
    # Not by their ids: an unknown one would make an error of the whole call.
    found = look.pages("ec2", "describe_subnets", "Subnets", Filters=[{"Name": "vpc-id", "Values": [network.vpc_id]}])
    known = {subnet["SubnetId"]: subnet for subnet in found}
    for subnet_id, zone in zip(network.subnet_ids, network.zones, strict=True):
        if subnet_id not in known:
            yield problem(
                "subnet",
                f"{subnet_id} is no subnet of {network.vpc_id}",
                f"mend network of {look.environment.name} in environments.yaml",
            )
        else:
            yield from _subnet(look, known[subnet_id], zone)


def _subnet(look: Look, subnet: dict[str, Any], zone: str) -> Iterator[Outcome]:
    subnet_id, free = subnet["SubnetId"], subnet["AvailableIpAddressCount"]
    if subnet["AvailabilityZone"] != zone:
        yield problem(
            "subnet",
            f"{subnet_id} is in {subnet['AvailabilityZone']}, not in {zone}",
            f"mend zones of {look.environment.name} in environments.yaml",
        )
    elif free < FEW_ADDRESSES:
        yield warning("subnet", f"{subnet_id} has {free} free addresses", "free some, or add a subnet")
    else:
        yield ok("subnet", f"{subnet_id} in {zone}, {free} free addresses")
    if look.wanted.clusters:
        tags = {tag["Key"]: tag["Value"] for tag in subnet.get("Tags", ())}
        if tags.get(TAG) == TAG_VALUE:
            yield ok("subnet tag", f"{subnet_id} may be used by EMR")
        else:
            yield problem(
                "subnet tag",
                f"{subnet_id} lacks the tag {TAG}={TAG_VALUE}, without which EMR makes no cluster in it",
                f"aws ec2 create-tags --resources {subnet_id} --tags Key={TAG},Value={TAG_VALUE}",
            )


def private_dns(look: Look, services: frozenset[str]) -> Iterator[Outcome]:
    """Whether the endpoints of an imported network exist, or can be made beside what is there.

    Args:
        look: the account.
        services: what the projects call from private subnets, such as `logs`.
    """
    network = look.environment.network
    if not isinstance(network, ImportedNetwork):
        return
    yield from _attributes(look, network)
    of_vpc = [{"Name": "vpc-id", "Values": [network.vpc_id]}]
    found = list(look.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=of_vpc))
    own = _own_endpoints(look)
    private = {
        # "com.amazonaws.<region>.logs", but "aws.sagemaker.<region>.notebook".
        endpoint["ServiceName"].partition(f".{look.environment.region}.")[2]: endpoint["VpcEndpointId"]
        for endpoint in found
        if endpoint.get("PrivateDnsEnabled") and endpoint["VpcEndpointId"] not in own
    }
    gateways = [endpoint for endpoint in found if endpoint["VpcEndpointType"] == "Gateway"]
    if network.route_table_ids:
        yield _gateway(network, [each for each in gateways if each["VpcEndpointId"] not in own])
    # With route tables S3 has a gateway endpoint, which has no private DNS.
    for service in sorted(services - ({"s3"} if network.route_table_ids else set())):
        yield _endpoint(service, private.get(service), network)


def _endpoint(service: str, existing: str | None, network: ImportedNetwork) -> Outcome:
    if network.endpoints == "create" and existing:
        return problem(
            "private DNS",
            f"{network.vpc_id} has {existing} for {service}; a second one with private DNS fails",
            "write `endpoints: exist` in environments.yaml and let its owner add what is missing, or delete it",
        )
    if network.endpoints == "exist" and not existing:
        return problem(
            "endpoint",
            f"{network.vpc_id} has no endpoint with private DNS for {service}",
            "ask its owner for it, or write `endpoints: create` in environments.yaml",
        )
    return ok("endpoint", f"{service}: {existing or 'to be created'}")


def _gateway(network: ImportedNetwork, gateways: Iterable[dict[str, Any]]) -> Outcome:
    """Whether S3's gateway endpoint can be made: a route table takes one.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    for endpoint in gateways:
        taken = sorted({*endpoint.get("RouteTableIds", [])} & {*network.route_table_ids})
        if endpoint["ServiceName"].endswith(".s3") and taken:
            return problem(
                "endpoint",
                f"{', '.join(taken)} already leads to S3 through {endpoint['VpcEndpointId']}; a second gateway fails",
                "remove `route_table_ids` from environments.yaml, so that S3 gets an interface endpoint, or delete "
                f"{endpoint['VpcEndpointId']}",
            )
    return ok("endpoint", f"s3: a gateway in {', '.join(network.route_table_ids)}, to be created")


def _own_endpoints(look: Look) -> frozenset[str]:
    """The endpoints of the environment's network stack, which are no conflict."""
    stack = f"{look.environment.name}-network"
    if stack not in look.stacks:
        return frozenset()
    found = look.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack)
    return frozenset(each.get("PhysicalResourceId", "") for each in found)


def _attributes(look: Look, network: ImportedNetwork) -> Iterator[Outcome]:
    """https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html (private DNS needs both)"""
    ec2 = look.client("ec2")
    for attribute, key in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        try:
            answer = ec2.describe_vpc_attribute(VpcId=network.vpc_id, Attribute=attribute)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidVpcID.NotFound":
                raise
            yield problem(
                "network",
                f"there is no {network.vpc_id} in {look.environment.region}",
                f"mend network of {look.environment.name} in environments.yaml",
            )
            return
        if not answer[key]["Value"]:
            yield problem(
                "private DNS",
                f"{network.vpc_id} has {attribute} off, which private DNS needs",
                f"aws ec2 modify-vpc-attribute --vpc-id {network.vpc_id} --{_dashed(attribute)} Value=true",
            )


def _dashed(name: str) -> str:
    """`enableDnsSupport` as the AWS CLI writes it."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
