"""The deployed operations stack, and the message of a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from moto.sns.models import sns_backends

from embedded_aws.cloudformation import install
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services, running_services
from tests.stacks.assembly import Stack

pytestmark = pytest.mark.slow

STACK = "flights-local-operations"
PIPELINE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/flights-local"


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running_services() as found:
        yield found


@pytest.fixture(scope="module")
def deployed(services: Services, stacks: Mapping[str, Stack]) -> Services:
    """The stack of the project `flights` in the environment `local`, with the key that its storage stack would have."""
    services.reset()
    install(services.clients)
    key = services("kms").create_key()["KeyMetadata"]["Arn"]
    services("ssm").put_parameter(Name="/mlproject/local/flights/key-arn", Value=key, Type="String")
    template = json.dumps(stacks["local/flights/operations"].template)
    services("cloudformation").create_stack(StackName=STACK, TemplateBody=template)
    (stack,) = services("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return services


@pytest.fixture
def topic_arn(deployed: Services) -> str:
    value: str = deployed("ssm").get_parameter(Name="/mlproject/local/flights/topic-arn")["Parameter"]["Value"]
    return value


def test_the_topics_name_is_one_for_which_the_key_may_be_used(
    deployed: Services, topic_arn: str, stacks: Mapping[str, Stack]
) -> None:
    policy = stacks["local/flights/storage"].only("AWS::KMS::Key")["KeyPolicy"]
    patterns = {
        statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:sns:topicArn"]
        for statement in policy["Statement"]
        if statement["Principal"].get("Service") in ("events.amazonaws.com", "budgets.amazonaws.com")
    }
    (pattern,) = patterns
    assert pattern.endswith("-*")
    assert topic_arn.startswith(pattern.removesuffix("*"))
    attributes = deployed("sns").get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    assert attributes["KmsMasterKeyId"].startswith(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/")


def test_a_failed_pipeline_reaches_the_topic_in_words_and_another_does_not(deployed: Services, topic_arn: str) -> None:
    sent = sns_backends[ACCOUNT][REGION].topics[topic_arn].sent_notifications
    before = len(sent)
    for name in ("flights-local", "flights-dev"):
        arn = PIPELINE.replace("flights-local", name)
        detail = {
            "pipelineArn": arn,
            "pipelineExecutionArn": f"{arn}/execution/abcdefghijkl",
            "currentPipelineExecutionStatus": "Failed",
        }
        deployed("events").put_events(
            Entries=[
                {
                    "Source": "aws.sagemaker",
                    "DetailType": "SageMaker Model Building Pipeline Execution Status Change",
                    "Detail": json.dumps(detail),
                }
            ]
        )
    (text,) = (notification[1] for notification in sent[before:])
    first, *_, last = text.splitlines()
    assert first.startswith("The pipeline of flights in local failed at ")
    assert last.endswith(f"--region {REGION} --pipeline-execution-arn {PIPELINE}/execution/abcdefghijkl")


def test_the_alarms_tell_the_topic_and_stand_on_the_dashboard(deployed: Services, topic_arn: str) -> None:
    alarms = deployed("cloudwatch").describe_alarms(AlarmNamePrefix=STACK)["MetricAlarms"]
    assert len(alarms) >= 2
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms} == {(topic_arn,)}
    body = json.loads(deployed("cloudwatch").get_dashboard(DashboardName="flights-local")["DashboardBody"])
    (shown,) = (widget["properties"]["alarms"] for widget in body["widgets"] if widget["type"] == "alarm")
    assert sorted(shown) == sorted(alarm["AlarmArn"] for alarm in alarms)
    rules = {rule["Name"] for rule in deployed("events").list_rules(NamePrefix=STACK)["Rules"]}
    of_rules = {d["Value"] for alarm in alarms for d in alarm["Dimensions"] if d["Name"] == "RuleName"}
    assert of_rules == rules


def test_the_budget_filters_by_both_tags_and_tells_the_topic(deployed: Services, topic_arn: str) -> None:
    (budget,) = deployed("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert budget["FilterExpression"]["And"] == [
        {"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}
        for key, value in (("project", "flights"), ("environment", "local"))
    ]
    notifications = deployed("budgets").describe_notifications_for_budget(
        AccountId=ACCOUNT, BudgetName=budget["BudgetName"]
    )["Notifications"]
    assert {(n["NotificationType"], n["Threshold"]) for n in notifications} == {("ACTUAL", 80), ("FORECASTED", 100)}


def test_the_addresses_wait_for_their_owners_to_confirm(deployed: Services, topic_arn: str) -> None:
    subscriptions: list[dict[str, Any]] = deployed("sns").list_subscriptions_by_topic(TopicArn=topic_arn)[
        "Subscriptions"
    ]
    assert [s["Endpoint"] for s in subscriptions] == ["data-science@example.com"]
    assert subscriptions[0]["SubscriptionArn"] == "PendingConfirmation"


def test_a_change_keeps_the_budget_and_the_topic_and_deletion_leaves_nothing(
    deployed: Services, stacks: Mapping[str, Stack]
) -> None:
    name = "flights-dev-operations"
    cloudformation = deployed("cloudformation")
    key = deployed("kms").create_key()["KeyMetadata"]["Arn"]
    deployed("ssm").put_parameter(Name="/mlproject/dev/flights/key-arn", Value=key, Type="String")
    template = json.loads(json.dumps(stacks["dev/flights/operations"].template))
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    before = existing(deployed, name)
    assert set(before) == {"topics", "budgets", "rules", "alarms", "dashboards"}
    assert all(before.values())

    (budget,) = stacks["dev/flights/operations"].resources("AWS::Budgets::Budget")
    template["Resources"][budget]["Properties"]["Budget"]["BudgetLimit"]["Amount"] = 450
    (subscription,) = stacks["dev/flights/operations"].resources("AWS::SNS::Subscription")
    template["Resources"][subscription]["Properties"]["Endpoint"] = "someone-else@example.com"
    cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(template))
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert existing(deployed, name) == before
    (changed,) = before["budgets"]
    found = deployed("budgets").describe_budget(AccountId=ACCOUNT, BudgetName=changed)["Budget"]
    assert float(found["BudgetLimit"]["Amount"]) == 450

    cloudformation.delete_stack(StackName=name)
    assert not any(existing(deployed, name).values())


def existing(services: Services, stack: str) -> dict[str, set[str]]:
    """The names of what a stack has made."""
    stage = stack.removesuffix("-operations")
    names = {
        "topics": {topic["TopicArn"].split(":")[-1] for topic in services("sns").list_topics()["Topics"]},
        "budgets": {each["BudgetName"] for each in services("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]},
        "rules": {rule["Name"] for rule in services("events").list_rules()["Rules"]},
        "alarms": {alarm["AlarmName"] for alarm in services("cloudwatch").describe_alarms()["MetricAlarms"]},
        "dashboards": {each["DashboardName"] for each in services("cloudwatch").list_dashboards()["DashboardEntries"]},
    }
    return {kind: {name for name in found if name.startswith(stage)} for kind, found in names.items()}
