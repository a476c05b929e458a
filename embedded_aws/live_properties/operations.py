"""What the services show of the resource types that watch over a project, in the template's words."""

from __future__ import annotations

import json
from typing import Any

from embedded_aws.live_properties.registry import Services, Shown, account_id, list_all, pick, reader


def topic_arns(services: Services) -> list[str]:
    return [topic["TopicArn"] for topic in list_all(services("sns"), "list_topics", "Topics")]


def topic_attributes(services: Services, arn: str) -> dict[str, Any]:
    attributes: dict[str, Any] = services("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return attributes


@reader("AWS::SNS::Topic")
def topics(services: Services) -> Shown:
    sns = services("sns")
    return {
        arn: {
            "TopicName": arn.rsplit(":", 1)[-1],
            **pick(
                topic_attributes(services, arn),
                "ContentBasedDeduplication",
                "DisplayName",
                "FifoTopic",
                "KmsMasterKeyId",
                "SignatureVersion",
                "TracingConfig",
            ),
            "Subscription": [
                pick(subscription, "Protocol", "Endpoint")
                for subscription in list_all(sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
            ],
            "Tags": list_all(sns, "list_tags_for_resource", "Tags", ResourceArn=arn),
        }
        for arn in topic_arns(services)
    }


@reader("AWS::SNS::TopicPolicy")
def topic_policies(services: Services) -> Shown:
    """Keyed by the document's Id: SNS knows no id of a policy."""
    shown: Shown = {}
    for arn in topic_arns(services):
        policy = json.loads(topic_attributes(services, arn)["Policy"])
        name = policy.get("Id")
        if name and name != "__default_policy_ID":
            shown.setdefault(name, {"PolicyDocument": policy, "Topics": []})["Topics"].append(arn)
    return shown


@reader("AWS::SNS::Subscription")
def subscriptions(services: Services) -> Shown:
    sns = services("sns")
    shown = {}
    listed = (each["SubscriptionArn"] for each in list_all(sns, "list_subscriptions", "Subscriptions"))
    for arn in (each for each in listed if each.startswith("arn:")):  # one that is not confirmed has no ARN yet
        about = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        policy = json.loads(about.get("FilterPolicy") or "{}")
        shown[arn] = {
            **pick(about, "TopicArn", "Protocol", "Endpoint", "RawMessageDelivery"),
            "FilterPolicy": policy,
            "FilterPolicyScope": about["FilterPolicyScope"] if policy else None,
            **{name: json.loads(about.get(name) or "null") for name in ("DeliveryPolicy", "RedrivePolicy")},
        }
    return shown


@reader("AWS::Events::Rule")
def rules(services: Services) -> Shown:
    events = services("events")
    return {
        rule["Name"]: {
            **pick(rule, "Name", "Description", "EventBusName", "RoleArn", "ScheduleExpression", "State"),
            "EventPattern": json.loads(rule["EventPattern"]) if "EventPattern" in rule else None,
            "Targets": list_all(events, "list_targets_by_rule", "Targets", Rule=rule["Name"], EventBusName=bus["Name"]),
            "Tags": list_all(events, "list_tags_for_resource", "Tags", ResourceARN=rule["Arn"]),
        }
        for bus in list_all(events, "list_event_buses", "EventBuses")
        for rule in list_all(events, "list_rules", "Rules", EventBusName=bus["Name"])
    }


@reader("AWS::CloudWatch::Alarm")
def alarms(services: Services) -> Shown:
    cloudwatch = services("cloudwatch")
    return {
        alarm["AlarmName"]: {
            **pick(
                alarm,
                "AlarmName",
                "AlarmDescription",
                "ActionsEnabled",
                "AlarmActions",
                "OKActions",
                "InsufficientDataActions",
                "Namespace",
                "MetricName",
                "Dimensions",
                "Statistic",
                "ExtendedStatistic",
                "Unit",
                "Period",
                "EvaluationPeriods",
                "DatapointsToAlarm",
                "EvaluateLowSampleCountPercentile",
                "Threshold",
                "ThresholdMetricId",
                "ComparisonOperator",
                "TreatMissingData",
                "Metrics",
            ),
            "Tags": list_all(cloudwatch, "list_tags_for_resource", "Tags", ResourceARN=alarm["AlarmArn"]),
        }
        for alarm in list_all(cloudwatch, "describe_alarms", "MetricAlarms")
    }


@reader("AWS::CloudWatch::Dashboard")
def dashboards(services: Services) -> Shown:
    cloudwatch = services("cloudwatch")
    return {
        entry["DashboardName"]: {
            **pick(cloudwatch.get_dashboard(DashboardName=entry["DashboardName"]), "DashboardName", "DashboardBody"),
            "Tags": list_all(cloudwatch, "list_tags_for_resource", "Tags", ResourceARN=entry["DashboardArn"]),
        }
        for entry in list_all(cloudwatch, "list_dashboards", "DashboardEntries")
    }


@reader("AWS::Scheduler::ScheduleGroup")
def schedule_groups(services: Services) -> Shown:
    scheduler = services("scheduler")
    return {
        group["Name"]: {
            "Name": group["Name"],
            "Tags": list_all(scheduler, "list_tags_for_resource", "Tags", ResourceArn=group["Arn"]),
        }
        for group in list_all(scheduler, "list_schedule_groups", "ScheduleGroups")
        if group["Name"] != "default"
    }


@reader("AWS::Scheduler::Schedule")
def schedules(services: Services) -> Shown:
    scheduler = services("scheduler")
    shown = {}
    for listed in list_all(scheduler, "list_schedules", "Schedules"):
        schedule = scheduler.get_schedule(**pick(listed, "GroupName", "Name"))
        dates = {name: schedule[name] for name in ("StartDate", "EndDate") if name in schedule}
        shown[schedule["Name"]] = {
            **pick(
                schedule,
                "Name",
                "GroupName",
                "Description",
                "ScheduleExpression",
                "ScheduleExpressionTimezone",
                "State",
                "KmsKeyArn",
                "FlexibleTimeWindow",
                "Target",
            ),
            **{name: f"{date.isoformat().removesuffix('+00:00')}Z" for name, date in dates.items()},
        }
    return shown


@reader("AWS::Budgets::Budget")
def budgets(services: Services) -> Shown:
    client, account = services("budgets"), account_id(services)
    shown: Shown = {}
    for budget in list_all(client, "describe_budgets", "Budgets", AccountId=account):
        budget_of = {"AccountId": account, "BudgetName": budget["BudgetName"]}
        notifications = client.describe_notifications_for_budget(**budget_of)["Notifications"]
        arn = f"arn:aws:budgets::{account}:budget/{budget['BudgetName']}"
        shown[budget["BudgetName"]] = {
            "Budget": {
                **pick(
                    budget,
                    "BudgetName",
                    "BudgetType",
                    "BudgetLimit",
                    "PlannedBudgetLimits",
                    "CostFilters",
                    "CostTypes",
                    "FilterExpression",
                    "Metrics",
                    "TimeUnit",
                ),
                "TimePeriod": {edge: int(moment.timestamp()) for edge, moment in budget["TimePeriod"].items()},
            },
            "NotificationsWithSubscribers": [
                {
                    "Notification": each,
                    "Subscribers": client.describe_subscribers_for_notification(**budget_of, Notification=each)[
                        "Subscribers"
                    ],
                }
                for each in notifications
            ],
            "ResourceTags": list_all(client, "list_tags_for_resource", "ResourceTags", ResourceARN=arn),
        }
    return shown


def log_group_names(services: Services) -> list[str]:
    return [each["logGroupName"] for each in list_all(services("logs"), "describe_log_groups", "logGroups")]


@reader("AWS::Logs::LogStream")
def log_streams(services: Services) -> Shown:
    return {
        each["logStreamName"]: {"LogGroupName": group, "LogStreamName": each["logStreamName"]}
        for group in log_group_names(services)
        for each in list_all(services("logs"), "describe_log_streams", "logStreams", logGroupName=group)
    }


@reader("AWS::Logs::MetricFilter")
def metric_filters(services: Services) -> Shown:
    return {
        each["filterName"]: {
            "FilterName": each["filterName"],
            "FilterPattern": each["filterPattern"],
            "LogGroupName": each["logGroupName"],
            "MetricTransformations": [_transformation(each) for each in each["metricTransformations"]],
        }
        for each in list_all(services("logs"), "describe_metric_filters", "metricFilters")
    }


def _transformation(shown: dict[str, Any]) -> dict[str, Any]:
    given = {f"{name[0].upper()}{name[1:]}": value for name, value in shown.items()}
    if "Dimensions" in given:
        given["Dimensions"] = [{"Key": key, "Value": value} for key, value in given["Dimensions"].items()]
    if "DefaultValue" in given:
        given["DefaultValue"] = int(given["DefaultValue"])
    return given


@reader("AWS::Logs::ResourcePolicy")
def log_policies(services: Services) -> Shown:
    return {
        each["policyName"]: {"PolicyDocument": each["policyDocument"], "PolicyName": each["policyName"]}
        for each in list_all(services("logs"), "describe_resource_policies", "resourcePolicies")
    }


@reader("AWS::Logs::QueryDefinition")
def query_definitions(services: Services) -> Shown:
    names = ("logGroupNames", "name", "queryLanguage", "queryString")
    return {
        each["queryDefinitionId"]: {f"{name[0].upper()}{name[1:]}": each.get(name) for name in names}
        for each in list_all(services("logs"), "describe_query_definitions", "queryDefinitions")
    }
