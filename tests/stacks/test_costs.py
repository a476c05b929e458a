"""The estimated costs cover all keys, endpoints, alarms and dashboards in the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlproject.costs import CostLine, idle_costs, network_costs
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE
from tests.stacks.assembly import Stack
from tests.stacks.examples import PLATFORM

# Types that cost money while nobody uses them, and how their lines are called.
PRICED = {
    "AWS::KMS::Key": r"key$",
    "AWS::CloudWatch::Alarm": r"^(\d+) alarms$",
    "AWS::CloudWatch::Dashboard": r"^dashboard$",
    "AWS::EMRServerless::Application": r"^application, while no job runs$",
    "AWS::SageMaker::NotebookInstance": r"^volume of ",
}
# Types that cost nothing while nobody uses them: free, or paid by what they hold, send or run.
FREE = {
    "AWS::Budgets::Budget",
    "AWS::CDK::Metadata",
    "AWS::EC2::FlowLog",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EMR::Cluster",
    "AWS::EMR::SecurityConfiguration",
    # Paid by the event. The secret of a connection is free: https://aws.amazon.com/eventbridge/pricing/
    "AWS::Events::ApiDestination",
    "AWS::Events::Connection",
    "AWS::Events::Rule",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SSM::Parameter",
    "AWS::SageMaker::CodeRepository",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::SageMaker::NotebookInstanceLifecycleConfig",
    "AWS::SageMaker::Pipeline",
    "AWS::Scheduler::Schedule",
    "AWS::Scheduler::ScheduleGroup",
}


def costs() -> dict[str, list[CostLine]]:
    """Return the cost lines of every stack."""
    found: dict[str, list[CostLine]] = {}
    for platform in (load_parameters(EXAMPLE), PLATFORM):
        for name, environment in platform.environments.items():
            deployments = platform.deployments(environment=name)
            for line in network_costs(environment, deployments):
                found.setdefault(line.stack, []).append(line)
            for deployment in deployments:
                for line in idle_costs(deployment):
                    found.setdefault(line.stack, []).append(line)
    return found


def test_every_stack_has_its_lines_and_no_other_has(all_stacks: Mapping[str, Stack]) -> None:
    assert set(costs()) == set(all_stacks)


def test_a_new_type_of_resource_is_priced_or_known_to_be_free(all_stacks: Mapping[str, Stack]) -> None:
    types = {resource["Type"] for stack in all_stacks.values() for resource in stack.resources().values()}
    assert types - FREE - set(PRICED) == {"AWS::EC2::VPCEndpoint"}


def test_what_costs_money_is_counted_as_in_the_templates(all_stacks: Mapping[str, Stack]) -> None:
    found = costs()
    for name, stack in all_stacks.items():
        for kind, called in PRICED.items():
            matching = [match for line in found[name] if (match := re.search(called, line.what))]
            counted = sum(int(match[1]) if match.lastindex else 1 for match in matching)
            assert counted == len(stack.resources(kind)), (name, kind)


def test_interface_endpoints_are_counted_in_each_of_their_subnets(all_stacks: Mapping[str, Stack]) -> None:
    found = costs()
    for name, stack in all_stacks.items():
        paid = sum(
            len(endpoint["Properties"]["SubnetIds"])
            for endpoint in stack.resources("AWS::EC2::VPCEndpoint").values()
            if endpoint["Properties"]["VpcEndpointType"] == "Interface"
        )
        counted = sum(line.quantity for line in found[name] if "interface endpoints" in line.what)
        assert counted == paid * 730, name
