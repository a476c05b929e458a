"""The proofs of the gaps in what watches over a project: SNS, EventBridge, CloudWatch, Scheduler, Budgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.core.utils import utcnow

from embedded_aws.gaps import cloudwatch_alarms
from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

TAGS = [{"Key": "a", "Value": "1"}]


def topic(services: Services, name: str) -> str:
    arn: str = services("sns").create_topic(Name=name)["TopicArn"]
    return arn


def email(services: Services, topic_arn: str) -> str:
    """A subscription that waits for its confirmation; its ARN."""
    arn: str = services("sns").subscribe(
        TopicArn=topic_arn, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    return arn


def queue(services: Services, topic_arn: str, name: str) -> str:
    """A queue that gets what the topic sends, as it was sent; its URL."""
    url: str = services("sqs").create_queue(QueueName=name)["QueueUrl"]
    services("sns").subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}",
        Attributes={"RawMessageDelivery": "true"},
    )
    return url


@proves("SNSBackend.subscribe")
def an_email_waits_for_its_confirmation(services: Services, name: str) -> None:
    sns, topic_arn = services("sns"), topic(services, name)
    about = sns.get_subscription_attributes(SubscriptionArn=email(services, topic_arn))["Attributes"]
    assert about["PendingConfirmation"] == "true"
    queue(services, topic_arn, name)
    confirmed = [
        each["SubscriptionArn"] for each in sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    ]
    assert sum(arn.startswith(f"{topic_arn}:") for arn in confirmed) == 1


@proves("SNSResponse.subscribe")
def a_subscription_that_waits_is_named_only_if_asked_for(services: Services, name: str) -> None:
    sns, topic_arn = services("sns"), topic(services, name)
    assert email(services, topic_arn).startswith(f"{topic_arn}:")
    answer = sns.subscribe(TopicArn=topic_arn, Protocol="email", Endpoint="b@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"


@proves("SNSBackend.unsubscribe")
def a_subscription_that_waits_is_not_deleted(services: Services, name: str) -> None:
    sns, topic_arn = services("sns"), topic(services, name)
    refused("InvalidParameter", sns.unsubscribe, SubscriptionArn=email(services, topic_arn))
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]) == 1
    sns.delete_topic(TopicArn=topic_arn)
    assert topic_arn not in {each["TopicArn"] for each in sns.list_subscriptions()["Subscriptions"]}


@proves("SNSResponse.list_subscriptions_by_topic")
def a_topic_lists_what_waits_without_its_arn(services: Services, name: str) -> None:
    topic_arn = topic(services, name)
    email(services, topic_arn)
    (listed,) = services("sns").list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    assert listed == {
        "SubscriptionArn": "PendingConfirmation",
        "Owner": ACCOUNT,
        "Protocol": "email",
        "Endpoint": "a@example.com",
        "TopicArn": topic_arn,
    }


@proves("SNSResponse.list_subscriptions")
def an_account_lists_what_waits_without_its_arn(services: Services, name: str) -> None:
    topic_arn = topic(services, name)
    email(services, topic_arn)
    listed = [each for each in services("sns").list_subscriptions()["Subscriptions"] if each["TopicArn"] == topic_arn]
    assert [each["SubscriptionArn"] for each in listed] == ["PendingConfirmation"]


@proves("SNSResponse.get_topic_attributes")
def a_topic_tells_how_it_signs_and_who_listens(services: Services, name: str) -> None:
    sns, topic_arn = services("sns"), topic(services, name)
    email(services, topic_arn)
    queue(services, topic_arn, name)
    sns.set_topic_attributes(TopicArn=topic_arn, AttributeName="SignatureVersion", AttributeValue="2")
    shown = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    assert (shown["SubscriptionsPending"], shown["SubscriptionsConfirmed"]) == ("1", "1")
    assert (shown["SignatureVersion"], shown["TracingConfig"]) == ("2", "PassThrough")


@proves("EventsBackend.put_rule")
def a_rule_that_exists_keeps_its_tags(services: Services, name: str) -> None:
    events = services("events")
    arn = events.put_rule(Name=name, ScheduleExpression="rate(1 day)", Tags=TAGS)["RuleArn"]
    events.put_rule(Name=name, ScheduleExpression="rate(1 day)", Tags=[{"Key": "b", "Value": "2"}])
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS


def pipeline_event(status: str) -> dict[str, Any]:
    return {
        "id": "1",
        "detail-type": "contract",
        "source": "contract",
        "account": ACCOUNT,
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "resources": [],
        "detail": {"currentPipelineExecutionStatus": status},
    }


FAILED = json.dumps({"source": ["contract"], "detail": {"currentPipelineExecutionStatus": ["Failed"]}})


@proves("EventsHandler.test_event_pattern")
def a_pattern_is_tried_on_an_event(services: Services, _: str) -> None:
    events = services("events")
    for status, matches in (("Failed", True), ("Succeeded", False)):
        event = json.dumps(pipeline_event(status))
        assert events.test_event_pattern(EventPattern=FAILED, Event=event)["Result"] is matches


def put_event(services: Services, status: str) -> None:
    detail = json.dumps(pipeline_event(status)["detail"])
    entry = {"Source": "contract", "DetailType": "contract", "Detail": detail, "Resources": ["arn:one"]}
    assert services("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


TRANSFORMER = {
    "InputPathsMap": {
        "status": "$.detail.currentPipelineExecutionStatus",
        "first": "$.resources[0]",
        "detail": "$.detail",
        "absent": "$.detail.absent",
    },
    "InputTemplate": (
        '"The pipeline is <status>, \\"<first>\\"<absent>"\n"Told by a rule"\n{"all": <detail>, "one": <first>}'
    ),
}
FILLED = (
    'The pipeline is Failed, "arn:one"\nTold by a rule\n'
    '{"all": {"currentPipelineExecutionStatus": "Failed"}, "one": "arn:one"}'
)


def allow_eventbridge(services: Services, topic_arn: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    services("sns").set_topic_attributes(TopicArn=topic_arn, AttributeName="Policy", AttributeValue=policy)


def failed_invocations(services: Services, rule: str) -> float:
    now = datetime.now(UTC)
    found = services("cloudwatch").get_metric_statistics(
        Namespace="AWS/Events",
        MetricName="FailedInvocations",
        Dimensions=[{"Name": "RuleName", "Value": rule}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=600,
        Statistics=["Sum"],
    )
    return sum(float(point["Sum"]) for point in found["Datapoints"])


@proves("Rule.send_to_targets")
def an_event_reaches_a_topic(services: Services, name: str) -> None:
    events, sqs, topic_arn = services("events"), services("sqs"), topic(services, name)
    allow_eventbridge(services, topic_arn)
    url = queue(services, topic_arn, name)
    closed = topic(services, f"{name}-closed")
    other = sqs.create_queue(QueueName=f"{name}-other")["QueueUrl"]
    events.put_rule(Name=name, EventPattern=FAILED)
    targets: list[dict[str, Any]] = [
        {"Id": "transformed", "Arn": topic_arn, "InputTransformer": TRANSFORMER},
        {"Id": "constant", "Arn": topic_arn, "Input": '"always"'},
        {"Id": "part", "Arn": topic_arn, "InputPath": "$.detail"},
        {"Id": "whole", "Arn": topic_arn},
        {"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}-other"},
        {"Id": "closed", "Arn": closed},
        {"Id": "absent", "Arn": f"{topic_arn}-absent"},
    ]
    events.put_targets(Rule=name, Targets=targets)
    put_event(services, "Succeeded")
    put_event(services, "Failed")
    events.disable_rule(Name=name)
    put_event(services, "Failed")
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    transformed, constant, part, whole = (message["Body"] for message in received)
    assert (transformed, constant) == (FILLED, '"always"')
    assert json.loads(part) == json.loads(whole)["detail"] == {"currentPipelineExecutionStatus": "Failed"}
    (message,) = sqs.receive_message(QueueUrl=other, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(message["Body"])["detail"] == {"currentPipelineExecutionStatus": "Failed"}
    # The default policy of a topic does not allow EventBridge.
    assert failed_invocations(services, name) == 2
    events.remove_targets(Rule=name, Ids=[target["Id"] for target in targets])


def alarm(name: str) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "Namespace": "contract",
        "MetricName": "contract",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Tags": TAGS,
    }


@proves("CloudWatchBackend.put_metric_alarm")
def an_alarm_starts_without_data_and_keeps_its_state_and_tags(services: Services, name: str) -> None:
    cloudwatch = services("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm(name))
    (shown,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert shown["StateValue"] == "INSUFFICIENT_DATA"
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    cloudwatch.put_metric_alarm(**{**alarm(name), "Period": 300, "Tags": [{"Key": "b", "Value": "2"}]})
    (shown,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert (shown["StateValue"], shown["StateReason"], shown["Period"]) == ("ALARM", "a test", 300)
    assert cloudwatch.list_tags_for_resource(ResourceARN=shown["AlarmArn"])["Tags"] == TAGS


def publish(services: Services, name: str, value: float, **more: Any) -> None:
    datum = {"MetricName": name, "Value": value, "Dimensions": [{"Name": "Pipeline", "Value": name}], **more}
    services("cloudwatch").put_metric_data(Namespace="contract", MetricData=[datum])


def watch(services: Services, name: str, **more: Any) -> None:
    """An alarm on a metric of its own."""
    dimensions = [{"Name": "Pipeline", "Value": name}]
    services("cloudwatch").put_metric_alarm(**{**alarm(name), "MetricName": name, "Dimensions": dimensions, **more})


def state(services: Services, name: str) -> str:
    (shown,) = services("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    found: str = shown["StateValue"]
    return found


def notifications(services: Services, url: str) -> list[dict[str, Any]]:
    received = services("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ())
    return [json.loads(message["Body"]) for message in received]


@proves("CloudWatchBackend.put_metric_data")
def data_raises_an_alarm_that_notifies_its_topic_once(services: Services, name: str) -> None:
    topic_arn = topic(services, name)
    url = queue(services, topic_arn, name)
    watch(services, name, AlarmActions=[topic_arn], AlarmDescription="see the runbook")
    watch(services, f"{name}-of-another-metric", AlarmActions=[topic_arn])
    publish(services, name, 1)  # not greater than the threshold
    assert (state(services, name), notifications(services, url)) == ("OK", [])
    publish(services, name, 1)  # the sum of the period is
    publish(services, name, 1)
    (sent,) = notifications(services, url)
    assert (sent["AlarmName"], sent["OldStateValue"], sent["NewStateValue"]) == (name, "OK", "ALARM")
    assert sent["AlarmDescription"] == "see the runbook"
    assert (state(services, name), state(services, f"{name}-of-another-metric")) == ("ALARM", "INSUFFICIENT_DATA")


@proves("CloudWatchResponse.describe_alarms")
def an_alarm_is_ok_again_when_its_data_is_old(services: Services, name: str) -> None:
    watch(services, name, TreatMissingData="notBreaching")
    publish(services, name, 2)
    assert state(services, name) == "ALARM"
    with later(minutes=5):
        assert state(services, name) == "OK"


@proves("CloudWatchBackend.set_alarm_state")
def a_state_that_is_set_is_notified(services: Services, name: str) -> None:
    topic_arn = topic(services, name)
    url = queue(services, topic_arn, name)
    watch(services, name, OKActions=[topic_arn])
    services("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    services("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason="a test")
    changes = [
        (sent["OldStateValue"], sent["NewStateValue"], sent["NewStateReason"]) for sent in notifications(services, url)
    ]
    assert changes == [("ALARM", "OK", "a test")]


@contextmanager
def later(*, minutes: int) -> Iterator[None]:
    """Move the clock by which alarms are evaluated."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cloudwatch_alarms, "utcnow", lambda: utcnow() + timedelta(minutes=minutes))
        yield


@proves("CloudWatchBackend.delete_alarms")
def an_alarm_takes_its_tags_with_it(services: Services, name: str) -> None:
    cloudwatch = services("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm(name))
    cloudwatch.delete_alarms(AlarmNames=[name])
    cloudwatch.put_metric_alarm(**{**alarm(name), "Tags": []})
    (shown,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert cloudwatch.list_tags_for_resource(ResourceARN=shown["AlarmArn"])["Tags"] == []


def dashboard(services: Services, name: str, tags: list[dict[str, str]]) -> str:
    cloudwatch = services("cloudwatch")
    cloudwatch.put_dashboard(DashboardName=name, DashboardBody='{"widgets": []}', Tags=tags)
    arn: str = cloudwatch.get_dashboard(DashboardName=name)["DashboardArn"]
    return arn


@proves("CloudWatchResponse.put_dashboard")
def a_dashboard_keeps_the_tags_that_it_is_made_with(services: Services, name: str) -> None:
    cloudwatch = services("cloudwatch")
    arn = dashboard(services, name, TAGS)
    assert dashboard(services, name, [{"Key": "b", "Value": "2"}]) == arn
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS


@proves("CloudWatchBackend.delete_dashboards")
def a_dashboard_takes_its_tags_with_it(services: Services, name: str) -> None:
    cloudwatch = services("cloudwatch")
    dashboard(services, name, TAGS)
    cloudwatch.delete_dashboards(DashboardNames=[name])
    arn = dashboard(services, name, [])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
    refused("ResourceNotFound", cloudwatch.delete_dashboards, DashboardNames=[f"{name}-other"])


@proves("CloudWatchBackend.tag_resource")
def a_dashboard_is_tagged(services: Services, name: str) -> None:
    cloudwatch = services("cloudwatch")
    arn = dashboard(services, name, [])
    cloudwatch.tag_resource(ResourceARN=arn, Tags=TAGS)
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS
    refused("ResourceNotFoundException", cloudwatch.tag_resource, ResourceARN=f"{arn}-other", Tags=TAGS)


@proves("CloudWatchBackend.untag_resource")
def what_has_no_tags_can_be_untagged(services: Services, name: str) -> None:
    cloudwatch = services("cloudwatch")
    cloudwatch.put_metric_alarm(**{**alarm(name), "Tags": []})
    (shown,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    arn = shown["AlarmArn"]
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    refused("ResourceNotFoundException", cloudwatch.untag_resource, ResourceARN=f"{arn}-other", TagKeys=["a"])


def schedule(name: str, **target: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r", **target},
    }


@proves("EventBridgeSchedulerBackend.create_schedule")
def a_schedule_needs_its_group(services: Services, name: str) -> None:
    scheduler = services("scheduler")
    refused("ResourceNotFoundException", scheduler.create_schedule, **schedule(name), GroupName=f"{name}-none")
    scheduler.create_schedule(**schedule(name))


@proves("Schedule.validate_target")
def half_a_retry_policy_is_filled_up(services: Services, name: str) -> None:
    scheduler = services("scheduler")
    scheduler.create_schedule(**schedule(name, RetryPolicy={"MaximumRetryAttempts": 2}))
    retries = scheduler.get_schedule(Name=name)["Target"]["RetryPolicy"]
    assert retries == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 86400}


@proves("Schedule.update")
def an_update_enables_a_schedule_unless_told_otherwise(services: Services, name: str) -> None:
    scheduler = services("scheduler")
    scheduler.create_schedule(**schedule(name), State="DISABLED")
    scheduler.update_schedule(**schedule(name))
    assert scheduler.get_schedule(Name=name).get("State") == "ENABLED"
    scheduler.update_schedule(**schedule(name), State="DISABLED")
    assert scheduler.get_schedule(Name=name)["State"] == "DISABLED"


@proves("EventBridgeSchedulerBackend.create_schedule_group")
def a_second_group_of_a_name_is_refused(services: Services, name: str) -> None:
    scheduler, name = services("scheduler"), f"{name}-twice"
    scheduler.create_schedule_group(Name=name)
    scheduler.create_schedule(**schedule(name), GroupName=name)
    refused("ConflictException", scheduler.create_schedule_group, Name=name)
    assert [each["Name"] for each in scheduler.list_schedules(NamePrefix=name)["Schedules"]] == [name]


@proves("EventBridgeSchedulerBackend.delete_schedule_group")
def a_group_takes_its_tags_and_schedules_with_it(services: Services, name: str) -> None:
    scheduler, name = services("scheduler"), f"{name}-again"
    arn = scheduler.create_schedule_group(Name=name, Tags=TAGS)["ScheduleGroupArn"]
    scheduler.create_schedule(**schedule(name), GroupName=name)
    scheduler.delete_schedule_group(Name=name)
    refused("ResourceNotFoundException", scheduler.delete_schedule_group, Name=name)
    refused("ValidationException", scheduler.delete_schedule_group, Name="default")
    scheduler.create_schedule_group(Name=name)
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    assert scheduler.list_schedules(NamePrefix=name)["Schedules"] == []


ACTUAL = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
SUBSCRIBERS = [{"SubscriptionType": "EMAIL", "Address": "a@example.com"}]


def budget(name: str, **members: Any) -> dict[str, Any]:
    limit = {"Amount": "100", "Unit": "USD"}
    return {"BudgetName": name, "BudgetLimit": limit, "BudgetType": "COST", "TimeUnit": "MONTHLY", **members}


def create_budget(services: Services, name: str, **members: Any) -> str:
    services("budgets").create_budget(
        AccountId=ACCOUNT,
        Budget=budget(name, **members),
        NotificationsWithSubscribers=[{"Notification": ACTUAL, "Subscribers": SUBSCRIBERS}],
        ResourceTags=TAGS,
    )
    return f"arn:aws:budgets::{ACCOUNT}:budget/{name}"


@proves("BudgetsResponse.create_budget", "BudgetsResponse.list_tags_for_resource")
def a_budget_keeps_its_tags(services: Services, name: str) -> None:
    budgets, arn = services("budgets"), create_budget(services, name)
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == TAGS
    refused("NotFoundException", budgets.list_tags_for_resource, ResourceARN=f"{arn}-other")


@proves("BudgetsResponse.tag_resource", "BudgetsResponse.untag_resource")
def a_budget_changes_its_tags(services: Services, name: str) -> None:
    budgets, arn = services("budgets"), create_budget(services, name)
    budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "b", "Value": "2"}])
    budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=["a"])
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "b", "Value": "2"}]


@proves("BudgetsResponse.update_budget")
def a_budget_is_changed_as_a_whole(services: Services, name: str) -> None:
    budgets = services("budgets")
    create_budget(services, name, CostFilters={"Service": ["Amazon SageMaker"]})
    before = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    changed = budget(name, BudgetLimit={"Amount": "200", "Unit": "USD"})
    budgets.update_budget(AccountId=ACCOUNT, NewBudget=changed)
    shown = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    assert (shown["BudgetLimit"]["Amount"], shown["TimePeriod"]) == ("200", before["TimePeriod"])
    assert "CostFilters" not in shown
    notifications = budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=name)["Notifications"]
    assert notifications == [ACTUAL]
    other = budget(f"{name}-other")
    refused("NotFoundException", budgets.update_budget, AccountId=ACCOUNT, NewBudget=other)
    without = {member: value for member, value in changed.items() if member != "BudgetLimit"}
    refused("InvalidParameterException", budgets.update_budget, AccountId=ACCOUNT, NewBudget=without)


@proves("Budget.to_dict")
def metrics_stand_in_the_place_of_cost_types(services: Services, name: str) -> None:
    create_budget(services, name, Metrics=["UnblendedCost"])
    shown = services("budgets").describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    assert shown["Metrics"] == ["UnblendedCost"]
    assert "CostTypes" not in shown


@proves("BudgetsBackend.describe_notifications_for_budget")
def a_budget_that_does_not_exist_has_no_notifications(services: Services, name: str) -> None:
    budget_of = {"AccountId": ACCOUNT, "BudgetName": name}
    refused("NotFoundException", services("budgets").describe_notifications_for_budget, **budget_of)


@proves("BudgetsResponse.describe_subscribers_for_notification")
def a_notification_names_its_subscribers(services: Services, name: str) -> None:
    create_budget(services, name)
    budgets, budget_of = services("budgets"), {"AccountId": ACCOUNT, "BudgetName": name}
    shown = budgets.describe_subscribers_for_notification(**budget_of, Notification=ACTUAL)
    assert shown["Subscribers"] == SUBSCRIBERS
    other = {**ACTUAL, "Threshold": 90.0}
    refused("NotFoundException", budgets.describe_subscribers_for_notification, **budget_of, Notification=other)


@proves("LogsResponse.create_log_group", "LogGroup.to_describe_dict")
def a_log_group_has_a_class(services: Services, name: str) -> None:
    logs = services("logs")
    logs.create_log_group(logGroupName=name, logGroupClass="INFREQUENT_ACCESS")
    logs.create_log_group(logGroupName=f"{name}-other")
    shown = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [each["logGroupClass"] for each in shown] == ["INFREQUENT_ACCESS", "STANDARD"]


@proves("LogsBackend.delete_log_group", "MetricFilters.add_filter")
def a_metric_filter_is_replaced_and_goes_with_its_group(services: Services, name: str) -> None:
    logs = services("logs")
    logs.create_log_group(logGroupName=name)
    transformation = {"metricName": "errors", "metricNamespace": "n", "metricValue": "1"}
    named = {"logGroupName": name, "filterName": "one", "metricTransformations": [transformation]}
    for pattern in ("ERROR", "WARN"):
        logs.put_metric_filter(**named, filterPattern=pattern)
    shown = logs.describe_metric_filters(logGroupName=name)["metricFilters"]
    assert [each["filterPattern"] for each in shown] == ["WARN"]
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)
    assert logs.describe_metric_filters(logGroupName=name)["metricFilters"] == []


@proves(
    "LogsResponse.put_query_definition",
    "LogsResponse.describe_query_definitions",
    "LogsResponse.delete_query_definition",
)
def a_query_is_saved_changed_and_deleted(services: Services, name: str) -> None:
    logs = services("logs")
    saved = logs.put_query_definition(name=name, queryString="fields @timestamp")["queryDefinitionId"]
    logs.put_query_definition(queryDefinitionId=saved, name=name, queryString="fields @message")
    (shown,) = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert (shown["queryDefinitionId"], shown["queryString"]) == (saved, "fields @message")
    logs.delete_query_definition(queryDefinitionId=saved)
    refused("ResourceNotFoundException", logs.delete_query_definition, queryDefinitionId=saved)
    unknown = {"queryDefinitionId": saved, "name": name, "queryString": "fields @message"}
    refused("ResourceNotFoundException", logs.put_query_definition, **unknown)
