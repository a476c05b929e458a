"""Other teams' apps are deployed, changed and deleted by the execution role, and leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from tests.embedded_aws.applications.apps import Catalog, Orders, synthesize
from tests.embedded_aws.iam.ground import Client, administrator, trust

pytestmark = pytest.mark.slow

# Lists of what the apps make, by service.
LISTS = {
    "athena": {"list_work_groups": "WorkGroups", "list_data_catalogs": "DataCatalogsSummary"},
    "cloudwatch": {"describe_alarms": "MetricAlarms"},
    "dynamodb": {"list_tables": "TableNames"},
    "events": {"list_archives": "Archives", "list_event_buses": "EventBuses", "list_rules": "Rules"},
    "glue": {
        "get_crawlers": "Crawlers",
        "get_databases": "DatabaseList",
        "get_jobs": "Jobs",
        "get_triggers": "Triggers",
    },
    "iam": {"list_roles": "Roles"},
    "logs": {
        "describe_log_groups": "logGroups",
        "describe_metric_filters": "metricFilters",
        "describe_query_definitions": "queryDefinitions",
        "describe_resource_policies": "resourcePolicies",
    },
    "s3": {"list_buckets": "Buckets"},
    "secretsmanager": {"list_secrets": "SecretList"},
    "sns": {"list_subscriptions": "Subscriptions", "list_topics": "Topics"},
    "sqs": {"list_queues": "QueueUrls"},
}


class Deployment:
    """One stack, deployed with a role as the bootstrap's execution role, which may do everything."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name
        principal = trust({"Service": "cloudformation.amazonaws.com"})
        role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=principal)["Role"]
        everything = "arn:aws:iam::aws:policy/AdministratorAccess"
        client("iam").attach_role_policy(RoleName=name, PolicyArn=everything)
        self.settings = {"Capabilities": ["CAPABILITY_NAMED_IAM"], "RoleARN": role["Arn"]}
        self.before = self.everything()

    def everything(self) -> dict[str, int]:
        return {
            call: len(getattr(self.client(service), call)().get(member, []))
            for service, calls in LISTS.items()
            for call, member in calls.items()
        }

    def apply(self, template: str) -> Mapping[str, str]:
        """Create or update the stack; its outputs."""
        cloudformation = self.client("cloudformation")
        exists = self.name in [each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]]
        call = cloudformation.update_stack if exists else cloudformation.create_stack
        call(StackName=self.name, TemplateBody=template, **self.settings)
        stack = self.settled()
        assert stack["StackStatus"] == ("UPDATE_COMPLETE" if exists else "CREATE_COMPLETE"), self.reasons()
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def delete(self) -> None:
        stack = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self.client("cloudformation").delete_stack(StackName=self.name)
        assert self.settled(stack)["StackStatus"] == "DELETE_COMPLETE", self.reasons(stack)

    def settled(self, stack: str = "") -> dict[str, Any]:
        while True:
            (found,) = self.client("cloudformation").describe_stacks(StackName=stack or self.name)["Stacks"]
            if not found["StackStatus"].endswith("IN_PROGRESS"):
                return dict(found)

    def reasons(self, stack: str = "") -> list[str]:
        events = self.client("cloudformation").describe_stack_events(StackName=stack or self.name)["StackEvents"]
        return [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]


@pytest.fixture
def deployment(embedded_aws: aws.Server, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """A stack named after the test's parameter, whose role goes in the end."""
    deployment = Deployment(administrator(embedded_aws), request.param)
    yield deployment
    iam = deployment.client("iam")
    iam.detach_role_policy(RoleName=deployment.name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.delete_role(RoleName=deployment.name)


@pytest.mark.parametrize("deployment", ["orders"], indirect=True)
def test_an_app_of_queues_topics_buses_and_tables(deployment: Deployment, tmp_path: Path) -> None:
    outputs = deployment.apply(synthesize(Orders, "orders", tmp_path / "first"))
    send(deployment.client, outputs, kind="order")
    assert received(deployment.client, outputs) == ["from the bus", "from the topic"]
    send(deployment.client, outputs, kind="other")
    assert received(deployment.client, outputs) == ["from the bus"]  # the filter lets no other kind through

    outputs = deployment.apply(synthesize(Orders, "orders", tmp_path / "changed", changed=True))
    table = deployment.client("dynamodb").describe_table(TableName=outputs["TableOut"])["Table"]
    assert [each["IndexName"] for each in table["GlobalSecondaryIndexes"]] == ["customer"]
    assert deployment.client("events").describe_event_bus(Name="orders")["Description"] == "changed"
    send(deployment.client, outputs, kind="other")
    assert received(deployment.client, outputs) == ["from the bus", "from the bus", "from the topic"]

    deployment.delete()
    assert deployment.everything() == deployment.before


def send(client: Client, outputs: Mapping[str, str], *, kind: str) -> None:
    """One message to the topic, one event to the bus."""
    attributes = {"kind": {"DataType": "String", "StringValue": kind}}
    client("sns").publish(TopicArn=outputs["TopicOut"], Message="from the topic", MessageAttributes=attributes)
    event = {"Source": "shop", "DetailType": "order", "Detail": '{"text": "from the bus"}', "EventBusName": "orders"}
    client("events").put_events(Entries=[event])


def received(client: Client, outputs: Mapping[str, str]) -> list[str]:
    """What the queue holds, sorted; an event that went through the topic is a message in a message."""
    answer = client("sqs").receive_message(QueueUrl=outputs["QueueOut"], MaxNumberOfMessages=10)
    texts = []
    for message in answer.get("Messages", []):
        client("sqs").delete_message(QueueUrl=outputs["QueueOut"], ReceiptHandle=message["ReceiptHandle"])
        texts.append("from the bus" if "from the bus" in message["Body"] else json.loads(message["Body"])["Message"])
    return sorted(texts)


@pytest.mark.parametrize("deployment", ["catalog"], indirect=True)
def test_an_app_of_catalogs_jobs_queries_and_secrets(deployment: Deployment, tmp_path: Path) -> None:
    template = synthesize(Catalog, "catalog", tmp_path / "first")
    outputs = deployment.apply(template)
    secret = {"SecretId": outputs["SecretOut"]}
    value = json.loads(deployment.client("secretsmanager").get_secret_value(**secret)["SecretString"])
    assert value["username"] == "reader"
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
    assert len(value["password"]) == 32
    assert value["password"].isalnum()
    assert value["password"] not in json.dumps(deployment.client("cloudformation").get_template(StackName="catalog"))

    deployment.apply(synthesize(Catalog, "catalog", tmp_path / "changed", changed=True))
    after = deployment.client("secretsmanager").get_secret_value(**secret)
    assert json.loads(after["SecretString"]) == value
    glue = deployment.client("glue")
    (job,) = glue.get_jobs()["Jobs"]
    assert job["NumberOfWorkers"] == 4
    columns = glue.get_table(DatabaseName="catalog", Name="orders")["Table"]["StorageDescriptor"]["Columns"]
    assert [each["Name"] for each in columns] == ["id", "at"]
    group = deployment.client("athena").get_work_group(WorkGroup="catalog")["WorkGroup"]
    assert group["Description"] == "changed"
    assert "BytesScannedCutoffPerQuery" not in group["Configuration"]

    deployment.delete()
    assert deployment.everything() == deployment.before
