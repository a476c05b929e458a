"""Topics, rules, alarms, schedules and budgets as AWS does them, beyond what the contract drives every type through."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.live_properties import user_tags
from tests.embedded_aws.moto_server import ACCOUNT
from tests.embedded_aws.resources.cases_operations import (
    MONTHLY,
    NOTIFICATIONS,
    ROLE_ARN,
    TOPICS,
    arn,
    dashboard,
    notification,
    ref,
    tags,
    topic_policy,
)
from tests.embedded_aws.resources.harness import SUBJECT, Driver
from tests.embedded_aws.resources.readers import READERS

EMAIL = {"Protocol": "email", "Endpoint": "a@example.com"}
SCHEDULE = {
    "ScheduleExpression": "rate(1 day)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": arn("sqs", "contract"), "RoleArn": ROLE_ARN},
}
ALARM = {
    "Namespace": "AWS/ElasticMapReduce",
    "MetricName": "IsIdle",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0.5,
    "ComparisonOperator": "GreaterThanThreshold",
}
BUDGET = {**MONTHLY, "BudgetLimit": {"Amount": "100", "Unit": "USD"}}


def subject(type_name: str, **properties: Any) -> dict[str, Any]:
    return {SUBJECT: {"Type": type_name, "Properties": properties}}


def applied(driver: Driver, resources: dict[str, Any], status: str) -> None:
    assert driver.apply(resources) == status, driver.reasons()


def subscriptions(driver: Driver, topic_arn: str) -> list[tuple[str, str]]:
    listed = driver.services("sns").list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    return [(each["Endpoint"], each["SubscriptionArn"]) for each in listed]


def policy_of(driver: Driver, topic_arn: str) -> Any:
    return json.loads(driver.services("sns").get_topic_attributes(TopicArn=topic_arn)["Attributes"]["Policy"])


def test_an_email_waits_for_its_confirmation_and_goes_with_its_topic(driver: Driver) -> None:
    email = subject("AWS::SNS::Subscription", TopicArn=ref("TopicOne"), **EMAIL)
    applied(driver, {**TOPICS, **email}, "CREATE_COMPLETE")
    topic_arn = driver.stack.resources["TopicOne"].physical_id
    assert driver.subject.physical_id.startswith(f"{topic_arn}:")
    assert subscriptions(driver, topic_arn) == [("a@example.com", "PendingConfirmation")]
    # SNS deletes no subscription that waits, so CloudFormation passes over it: it stays until SNS forgets it.
    applied(driver, TOPICS, "UPDATE_COMPLETE")
    assert driver.reasons() == []
    assert subscriptions(driver, topic_arn) == [("a@example.com", "PendingConfirmation")]
    applied(driver, {**TOPICS, **email}, "UPDATE_COMPLETE")
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert READERS["AWS::SNS::Topic"](driver.services) == {}
    assert driver.services("sns").list_subscriptions()["Subscriptions"] == []


def test_an_email_inside_a_topic_waits_too(driver: Driver) -> None:
    applied(driver, subject("AWS::SNS::Topic", Subscription=[EMAIL]), "CREATE_COMPLETE")
    topic_arn = driver.subject.physical_id
    applied(
        driver, subject("AWS::SNS::Topic", Subscription=[{**EMAIL, "Endpoint": "b@example.com"}]), "UPDATE_COMPLETE"
    )
    waiting = [("a@example.com", "PendingConfirmation"), ("b@example.com", "PendingConfirmation")]
    assert sorted(subscriptions(driver, topic_arn)) == waiting
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()


def test_a_topic_without_its_policy_has_that_of_a_new_topic(driver: Driver) -> None:
    applied(driver, TOPICS, "CREATE_COMPLETE")
    topic_arns = [driver.stack.resources[name].physical_id for name in TOPICS]
    new = [policy_of(driver, topic_arn) for topic_arn in topic_arns]
    document = topic_policy("events.amazonaws.com")
    policy = subject("AWS::SNS::TopicPolicy", PolicyDocument=document, Topics=[ref(name) for name in TOPICS])
    applied(driver, {**TOPICS, **policy}, "UPDATE_COMPLETE")
    assert [policy_of(driver, topic_arn) for topic_arn in topic_arns] == [document, document]
    policy = subject("AWS::SNS::TopicPolicy", PolicyDocument=document, Topics=[ref("TopicTwo")])
    applied(driver, {**TOPICS, **policy}, "UPDATE_COMPLETE")
    assert [policy_of(driver, topic_arn) for topic_arn in topic_arns] == [new[0], document]
    applied(driver, TOPICS, "UPDATE_COMPLETE")
    assert [policy_of(driver, topic_arn) for topic_arn in topic_arns] == new


def test_a_policy_of_a_topic_that_is_gone_can_be_deleted(driver: Driver) -> None:
    policy = subject(
        "AWS::SNS::TopicPolicy",
        PolicyDocument=topic_policy("events.amazonaws.com"),
        Topics=[ref(name) for name in TOPICS],
    )
    applied(driver, {**TOPICS, **policy}, "CREATE_COMPLETE")
    driver.services("sns").delete_topic(TopicArn=driver.stack.resources["TopicOne"].physical_id)
    applied(driver, {"TopicTwo": TOPICS["TopicTwo"]}, "UPDATE_COMPLETE")
    assert policy_of(driver, driver.stack.resources["TopicTwo"].physical_id)["Id"] == "__default_policy_ID"


@pytest.mark.parametrize(
    ("type_name", "properties"),
    [
        ("AWS::SNS::Topic", {"TopicName": "contract-existing"}),
        ("AWS::Events::Rule", {"Name": "contract-existing", "ScheduleExpression": "rate(1 day)"}),
        ("AWS::CloudWatch::Alarm", {"AlarmName": "contract-existing", **ALARM}),
        ("AWS::CloudWatch::Dashboard", {"DashboardName": "contract-existing", "DashboardBody": dashboard("first")}),
        ("AWS::Scheduler::Schedule", {"Name": "contract-existing", **SCHEDULE}),
        ("AWS::Scheduler::ScheduleGroup", {"Name": "contract-existing"}),
        ("AWS::Budgets::Budget", {"Budget": {**BUDGET, "BudgetName": "contract-existing"}}),
    ],
)
def test_what_exists_already_is_neither_taken_over_nor_deleted(
    type_name: str, properties: dict[str, Any], driver: Driver
) -> None:
    owner = Driver(driver.services)
    applied(owner, subject(type_name, **properties), "CREATE_COMPLETE")
    before = READERS[type_name](driver.services)
    applied(driver, subject(type_name, **properties), "ROLLBACK_COMPLETE")
    assert any("already exists" in reason for reason in driver.reasons())
    driver.delete()
    assert READERS[type_name](driver.services) == before
    assert owner.delete() == "DELETE_COMPLETE", owner.reasons()


@pytest.mark.parametrize(
    ("type_name", "properties", "named"),
    [
        ("AWS::SNS::Topic", {"FifoThroughputScope": "Topic"}, "FifoThroughputScope"),
        (
            "AWS::Events::Rule",
            {"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "a", "Arn": "b", "HttpParameters": {}}]},
            "Targets.HttpParameters",
        ),
        (
            "AWS::CloudWatch::Alarm",
            {"EvaluationPeriods": 1, "Metrics": [{"Id": "a", "AccountId": ACCOUNT}]},
            "Metrics.AccountId",
        ),
        (
            "AWS::Scheduler::Schedule",
            {**SCHEDULE, "Target": {"Arn": "a", "RoleArn": "b", "KinesisParameters": {"PartitionKey": "c"}}},
            "Target.KinesisParameters",
        ),
        ("AWS::Budgets::Budget", {"Budget": {**BUDGET, "BillingViewArn": "a"}}, "Budget.BillingViewArn"),
    ],
)
def test_a_property_that_is_not_applied_is_refused_by_name(
    type_name: str, properties: dict[str, Any], named: str, driver: Driver
) -> None:
    with pytest.raises(CloudFormationError, match=f"{type_name}: {named}$"):
        driver.apply(subject(type_name, **properties))
    assert driver.engine.find("contract") is None


def test_names_that_a_template_does_not_give_are_made_up_by_the_stack(driver: Driver) -> None:
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 day)"}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": ALARM},
        "Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": dashboard("first")}},
        "Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": SCHEDULE},
        "Group": {"Type": "AWS::Scheduler::ScheduleGroup"},
        "Budget": {"Type": "AWS::Budgets::Budget", "Properties": {"Budget": BUDGET}},
    }
    applied(driver, resources, "CREATE_COMPLETE")
    for name, resource in driver.stack.resources.items():
        assert f"contract-{name}-" in resource.physical_id
        assert resource.physical_id in READERS[resource.type_name](driver.services)


def test_rule_9_a_named_budget_refuses_other_addresses_and_an_unnamed_one_is_made_anew(driver: Driver) -> None:
    named = {**BUDGET, "BudgetName": "contract"}
    others = [notification(80.5, "c@example.com")]
    applied(
        driver,
        subject("AWS::Budgets::Budget", Budget=named, NotificationsWithSubscribers=NOTIFICATIONS),
        "CREATE_COMPLETE",
    )
    before = READERS["AWS::Budgets::Budget"](driver.services)
    renamed = subject("AWS::Budgets::Budget", Budget=named, NotificationsWithSubscribers=others)
    applied(driver, renamed, "UPDATE_ROLLBACK_COMPLETE")
    assert any("custom-named resource requires replacing" in reason for reason in driver.reasons())
    assert READERS["AWS::Budgets::Budget"](driver.services) == before

    for notifications in (NOTIFICATIONS, others):
        unnamed = subject("AWS::Budgets::Budget", Budget=BUDGET, NotificationsWithSubscribers=notifications)
        applied(driver, unnamed, "UPDATE_COMPLETE")
    (shown,) = READERS["AWS::Budgets::Budget"](driver.services).values()
    assert shown["NotificationsWithSubscribers"] == others


def test_a_schedule_does_not_move_to_another_group(driver: Driver) -> None:
    groups = {
        name: {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": f"contract-{name.lower()}"}}
        for name in ("One", "Two")
    }
    applied(
        driver, {**groups, **subject("AWS::Scheduler::Schedule", GroupName=ref("One"), **SCHEDULE)}, "CREATE_COMPLETE"
    )
    before = READERS["AWS::Scheduler::Schedule"](driver.services)
    ids_changed = subject("AWS::Scheduler::Schedule", GroupName=ref("Two"), **SCHEDULE)
    applied(driver, {**groups, **ids_changed}, "UPDATE_ROLLBACK_COMPLETE")
    assert any("does not exist" in reason for reason in driver.reasons())
    assert READERS["AWS::Scheduler::Schedule"](driver.services) == before


def test_a_rule_is_deleted_with_the_targets_that_somebody_added(driver: Driver) -> None:
    applied(driver, subject("AWS::Events::Rule", ScheduleExpression="rate(1 day)"), "CREATE_COMPLETE")
    rule, events = driver.subject.physical_id, driver.services("events")
    events.put_targets(Rule=rule, Targets=[{"Id": "hand", "Arn": arn("sqs", "hand")}])
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    with pytest.raises(ClientError, match="does not exist"):
        events.describe_rule(Name=rule)


def test_a_rule_keeps_the_targets_that_somebody_added_when_it_changes(driver: Driver) -> None:
    ours, hand = ({"Id": name, "Arn": arn("sqs", name)} for name in ("ours", "hand"))
    applied(driver, subject("AWS::Events::Rule", ScheduleExpression="rate(1 day)", Targets=[ours]), "CREATE_COMPLETE")
    rule, events = driver.subject.physical_id, driver.services("events")
    events.put_targets(Rule=rule, Targets=[hand])
    changed = {**ours, "Input": "{}"}
    applied(
        driver, subject("AWS::Events::Rule", ScheduleExpression="rate(2 days)", Targets=[changed]), "UPDATE_COMPLETE"
    )
    assert events.list_targets_by_rule(Rule=rule)["Targets"] == [changed, hand]


def test_an_alarm_keeps_its_state_when_it_changes(driver: Driver) -> None:
    applied(driver, subject("AWS::CloudWatch::Alarm", **ALARM, Tags=tags(a="1")), "CREATE_COMPLETE")
    name, cloudwatch = driver.subject.physical_id, driver.services("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    applied(driver, subject("AWS::CloudWatch::Alarm", **{**ALARM, "Period": 300}, Tags=tags(b="2")), "UPDATE_COMPLETE")
    (shown,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert (shown["StateValue"], shown["Period"]) == ("ALARM", 300)
    shown_tags = cloudwatch.list_tags_for_resource(ResourceARN=shown["AlarmArn"])["Tags"]
    assert user_tags(shown_tags) == tags(b="2")
