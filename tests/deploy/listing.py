"""What boto3 sees of the real project and of its network: by the services' own listings, not CloudFormation's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from embedded_aws import ACCOUNT
from tests.deploy.conftest import REGION

Client = Callable[[str], Any]
PATH = "local/flights"
STAGE = "flights-local"
STACKS = tuple(f"{STAGE}-{name}" for name in ("storage", "pipeline", "notebooks", "emr", "operations"))
BUCKETS = {f"{STAGE}-{use}-{ACCOUNT}-{REGION}" for use in ("data", "artifacts", "access-logs")}


def exists(client: Client) -> dict[str, list[str]]:
    """Kind to the ids of what exists, sorted; a kind of which nothing exists is left out."""
    found: dict[str, list[str]] = {}
    for kind, identity in _all(client):
        found.setdefault(kind, []).append(identity)
    return {kind: sorted(identities) for kind, identities in found.items()}


def _all(client: Client) -> Iterator[tuple[str, str]]:
    for part in (_stacks, _network, _storage, _iam, _sagemaker, _emr, _operations):
        yield from part(client)


def _stacks(client: Client) -> Iterator[tuple[str, str]]:
    for stack in client("cloudformation").describe_stacks()["Stacks"]:
        if stack["StackName"].startswith((STAGE, "local-network")):
            yield "stack", stack["StackName"]


def _network(client: Client) -> Iterator[tuple[str, str]]:
    ec2 = client("ec2")
    owned = [{"Name": "tag:managed-by", "Values": ["mlproject"]}]
    for kind, answer in (
        ("VpcId", ec2.describe_vpcs(Filters=owned)["Vpcs"]),
        ("SubnetId", ec2.describe_subnets(Filters=owned)["Subnets"]),
        ("VpcEndpointId", ec2.describe_vpc_endpoints(Filters=owned)["VpcEndpoints"]),
        ("GroupId", ec2.describe_security_groups(Filters=owned)["SecurityGroups"]),
    ):
        yield from ((kind, each[kind]) for each in answer)
    for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]:
        if rule.get("Description"):  # those that AWS makes by itself have none
            yield "rule", f"{rule['GroupId']} {rule['IsEgress']} {rule['FromPort']} {rule['Description']}"


def _storage(client: Client) -> Iterator[tuple[str, str]]:
    for bucket in client("s3").list_buckets()["Buckets"]:
        if bucket["Name"] in BUCKETS:
            yield "bucket", bucket["Name"]
    for alias in client("kms").list_aliases()["Aliases"]:
        if alias["AliasName"] == f"alias/{STAGE}":
            yield "key", alias["TargetKeyId"]
    names = client("ssm").get_paginator("describe_parameters").paginate().build_full_result()["Parameters"]
    for parameter in names:
        if parameter["Name"].startswith("/mlproject/"):
            value = client("ssm").get_parameter(Name=parameter["Name"])["Parameter"]["Value"]
            yield "parameter", f"{parameter['Name']} {value}"


def _iam(client: Client) -> Iterator[tuple[str, str]]:
    iam = client("iam")
    for kind, answer, name in (
        ("role", iam.list_roles()["Roles"], "RoleName"),
        ("instance profile", iam.list_instance_profiles()["InstanceProfiles"], "InstanceProfileName"),
        ("policy", iam.list_policies(Scope="Local")["Policies"], "PolicyName"),
    ):
        yield from ((kind, each[name]) for each in answer if each[name].startswith(STAGE))


def _sagemaker(client: Client) -> Iterator[tuple[str, str]]:
    sagemaker = client("sagemaker")
    for found in sagemaker.list_pipelines()["PipelineSummaries"]:
        yield "pipeline", found["PipelineName"]
    for found in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        yield "model package group", found["ModelPackageGroupName"]
    for found in sagemaker.list_notebook_instances()["NotebookInstances"]:
        yield "notebook", f"{found['NotebookInstanceName']} {found['InstanceType']}"
    for found in sagemaker.list_notebook_instance_lifecycle_configs()["NotebookInstanceLifecycleConfigs"]:
        yield "lifecycle configuration", found["NotebookInstanceLifecycleConfigName"]


def _emr(client: Client) -> Iterator[tuple[str, str]]:
    emr = client("emr")
    for cluster in emr.list_clusters(ClusterStates=["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"])["Clusters"]:
        yield "cluster", cluster["Id"]
        limits = emr.get_managed_scaling_policy(ClusterId=cluster["Id"])["ManagedScalingPolicy"]["ComputeLimits"]
        yield "cluster's limit", f"{limits['MaximumCapacityUnits']}"
    for configuration in emr.list_security_configurations()["SecurityConfigurations"]:
        yield "security configuration", configuration["Name"]


def _operations(client: Client) -> Iterator[tuple[str, str]]:
    sns = client("sns")
    for topic in sns.list_topics()["Topics"]:
        yield "topic", topic["TopicArn"]
        for subscription in sns.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"]:
            yield "subscription", f"{subscription['Protocol']} {subscription['Endpoint']}"
    for rule in client("events").list_rules()["Rules"]:
        yield "event rule", rule["Name"]
    for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]:
        yield "alarm", alarm["AlarmName"]
    for dashboard in client("cloudwatch").list_dashboards()["DashboardEntries"]:
        yield "dashboard", dashboard["DashboardName"]
    for schedule in client("scheduler").list_schedules()["Schedules"]:
        yield "schedule", f"{schedule['Name']} {schedule['State']}"
    for budget in client("budgets").describe_budgets(AccountId=ACCOUNT).get("Budgets", []):
        yield (
            "budget",
            f"{budget['BudgetName']} {float(budget['BudgetLimit']['Amount']):g} {budget['BudgetLimit']['Unit']}",
        )
