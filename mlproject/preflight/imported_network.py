"""Check that an imported network matches the parameters and meets the requirements of EMR and of private DNS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlproject.aws_rules.emr import TAG, TAG_VALUE
from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import ImportedNetwork
from mlproject.preflight.account_reader import AccountReader

# Our own limit: a job, a notebook or a node uses one address, an interface endpoint one in each subnet.
MINIMUM_FREE_ADDRESSES = 32


def check_subnets(account: AccountReader) -> Iterator[Outcome]:
    """Check that the imported subnets are in their VPC and zones, with free addresses and with EMR's tag."""
    network = account.environment.network
    if not isinstance(network, ImportedNetwork):
        return
    # A filter, since SubnetIds fails the whole call if one id is unknown.
    found = account.list_all(
        "ec2", "describe_subnets", "Subnets", Filters=[{"Name": "vpc-id", "Values": [network.vpc_id]}]
    )
    known = {subnet["SubnetId"]: subnet for subnet in found}
    for subnet_id, zone in zip(network.subnet_ids, network.zones, strict=True):
        if subnet_id not in known:
            yield problem(
                "subnet",
                f"{subnet_id} is not in {network.vpc_id}",
                f"correct the network of {account.environment.name} in environments.yaml",
            )
        else:
            yield from _subnet(account, known[subnet_id], zone)


def _subnet(account: AccountReader, subnet: dict[str, Any], zone: str) -> Iterator[Outcome]:
    subnet_id, free = subnet["SubnetId"], subnet["AvailableIpAddressCount"]
    if subnet["AvailabilityZone"] != zone:
        yield problem(
            "subnet",
            f"{subnet_id} is in {subnet['AvailabilityZone']}, not in {zone}",
            f"correct the zones of {account.environment.name} in environments.yaml",
        )
    elif free < MINIMUM_FREE_ADDRESSES:
        yield warning("subnet", f"{subnet_id} has only {free} free addresses", "release some, or add a subnet")
    else:
        yield ok("subnet", f"{subnet_id} in {zone}, {free} free addresses")
    if account.requirements.clusters:
        tags = {tag["Key"]: tag["Value"] for tag in subnet.get("Tags", ())}
        if tags.get(TAG) == TAG_VALUE:
            yield ok("subnet tag", f"{subnet_id} has the tag that EMR requires")
        else:
            yield problem(
                "subnet tag",
                f"{subnet_id} does not have the tag {TAG}={TAG_VALUE}, so EMR cannot create a cluster in it",
                f"aws ec2 create-tags --resources {subnet_id} --tags Key={TAG},Value={TAG_VALUE}",
            )


def check_endpoints(account: AccountReader, services: frozenset[str]) -> Iterator[Outcome]:
    """Check that the endpoints of an imported network exist, or can be created without a conflict.

    Args:
        account: the account.
        services: what the projects call from private subnets, such as `logs`.
    """
    network = account.environment.network
    if not isinstance(network, ImportedNetwork):
        return
    yield from _attributes(account, network)
    of_vpc = [{"Name": "vpc-id", "Values": [network.vpc_id]}]
    found = list(account.list_all("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=of_vpc))
    own = _own_endpoints(account)
    private = {
        # "com.amazonaws.<region>.logs", but "aws.sagemaker.<region>.notebook".
        endpoint["ServiceName"].partition(f".{account.environment.region}.")[2]: endpoint["VpcEndpointId"]
        for endpoint in found
        if endpoint.get("PrivateDnsEnabled") and endpoint["VpcEndpointId"] not in own
    }
    gateways = [endpoint for endpoint in found if endpoint["VpcEndpointType"] == "Gateway"]
    if network.route_table_ids:
        yield _gateway(network, [each for each in gateways if each["VpcEndpointId"] not in own])
    # With route tables, S3 uses a gateway endpoint, which does not need private DNS.
    for service in sorted(services - ({"s3"} if network.route_table_ids else set())):
        yield _endpoint(service, private.get(service), network)


def _endpoint(service: str, existing: str | None, network: ImportedNetwork) -> Outcome:
    if network.endpoints == "create" and existing:
        return problem(
            "private DNS",
            f"{network.vpc_id} already has {existing} for {service}, and a second one with private DNS fails",
            "write `endpoints: exist` in environments.yaml and have its owner add the missing ones, or delete it",
        )
    if network.endpoints == "exist" and not existing:
        return problem(
            "endpoint",
            f"{network.vpc_id} does not have an endpoint with private DNS for {service}",
            "ask its owner to create it, or write `endpoints: create` in environments.yaml",
        )
    return ok("endpoint", f"{service}: {existing or 'to be created'}")


def _gateway(network: ImportedNetwork, gateways: Iterable[dict[str, Any]]) -> Outcome:
    """Check that S3's gateway endpoint can be created: a route table can have only one.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    for endpoint in gateways:
        shared = sorted({*endpoint.get("RouteTableIds", [])} & {*network.route_table_ids})
        if endpoint["ServiceName"].endswith(".s3") and shared:
            return problem(
                "endpoint",
                f"{', '.join(shared)} already routes S3 to {endpoint['VpcEndpointId']}, and a second gateway "
                "endpoint fails",
                "remove `route_table_ids` from environments.yaml, so that S3 gets an interface endpoint, or delete "
                f"{endpoint['VpcEndpointId']}",
            )
    return ok("endpoint", f"s3: a gateway endpoint for {', '.join(network.route_table_ids)}, to be created")


def _own_endpoints(account: AccountReader) -> frozenset[str]:
    """The endpoints of the environment's network stack, which are not a conflict."""
    stack = f"{account.environment.name}-network"
    if stack not in account.stacks:
        return frozenset()
    found = account.list_all("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack)
    return frozenset(each.get("PhysicalResourceId", "") for each in found)


def _attributes(account: AccountReader, network: ImportedNetwork) -> Iterator[Outcome]:
    """Check the two DNS attributes of the VPC that private DNS requires.

    https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html
    """
    ec2 = account.client("ec2")
    for attribute, key in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        try:
            response = ec2.describe_vpc_attribute(VpcId=network.vpc_id, Attribute=attribute)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidVpcID.NotFound":
                raise
            yield problem(
                "network",
                f"{network.vpc_id} does not exist in {account.environment.region}",
                f"correct the network of {account.environment.name} in environments.yaml",
            )
            return
        if not response[key]["Value"]:
            yield problem(
                "private DNS",
                f"{attribute} of {network.vpc_id} is off, and private DNS requires it",
                f"aws ec2 modify-vpc-attribute --vpc-id {network.vpc_id} --{_kebab_case(attribute)} Value=true",
            )


def _kebab_case(name: str) -> str:
    """`enableDnsSupport` as the AWS CLI writes it."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
