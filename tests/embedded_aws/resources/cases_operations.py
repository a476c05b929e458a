"""The cases of the resource types that watch over a project: topics, rules, alarms, schedules, budgets."""

from __future__ import annotations

import json
from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.harness import Case


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type_name}", "Properties": properties}


def policy(action: str, sid: str = "contract") -> dict[str, Any]:
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statement = {"Sid": sid, "Effect": "Allow", "Principal": root, "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Id": "contract", "Statement": [statement]}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def topic_policy(service: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": arn("sns", "contract*"),
    }
    return {"Version": "2012-10-17", "Id": "contract", "Statement": [statement]}


def metric(statistic: str) -> dict[str, Any]:
    return {
        "Metric": {
            "Namespace": "AWS/SageMaker",
            "MetricName": "Invocations",
            "Dimensions": [{"Name": "EndpointName", "Value": "contract"}],
        },
        "Period": "60",
        "Stat": statistic,
        "Unit": "Count",
    }


def dashboard(text: str) -> str:
    widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": {"markdown": text}}
    return json.dumps({"widgets": [widget]})


def parameters(value: str) -> dict[str, Any]:
    return {"PipelineParameterList": [{"Name": "MinimumGain", "Value": value}]}


def notification(threshold: float, *addresses: str) -> dict[str, Any]:
    return {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": threshold,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": address} for address in addresses],
    }


TOPICS = {
    name: {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": topic}}
    for name, topic in (("TopicOne", "contract-one"), ("TopicTwo", "contract-two"))
}
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/contract"
KEY_ARN = arn("kms", "key/11111111-2222-3333-4444-555555555555")
RETRIES = {"MaximumEventAgeInSeconds": "3600", "MaximumRetryAttempts": "3"}
COST_TYPES = {
    "IncludeCredit": "false",
    "IncludeDiscount": True,
    "IncludeOtherSubscription": True,
    "IncludeRecurring": True,
    "IncludeRefund": False,
    "IncludeSubscription": True,
    "IncludeSupport": True,
    "IncludeTax": True,
    "IncludeUpfront": True,
    "UseAmortized": False,
    "UseBlended": False,
}
MONTHLY = {
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "TimePeriod": {"Start": "1767225600", "End": "3706473600"},
}
NOTIFICATIONS = [notification(80.5, "a@example.com", "b@example.com"), notification(100.5, "a@example.com")]

LOG_GROUPS = {name: resource("Logs::LogGroup") for name in ("LogGroupOne", "LogGroupTwo")}

OPERATIONS_CASES = (
    Case(
        type="AWS::SNS::Topic",
        first={
            "TopicName": "contract",
            "DisplayName": "Contract",
            "KmsMasterKeyId": KEY_ARN,
            "SignatureVersion": "2",
            "TracingConfig": "Active",
            "Subscription": [{"Protocol": "sqs", "Endpoint": arn("sqs", name)} for name in ("one", "two")],
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "TopicName": "contract",
            "Subscription": [{"Protocol": "sqs", "Endpoint": arn("sqs", name)} for name in ("two", "three")],
            "Tags": tags(a="2"),
        },
        replaced={"TopicName": "contract-other"},
        defaults={"SignatureVersion": "1", "TracingConfig": "PassThrough"},
    ),
    Case(
        type="AWS::SNS::Topic",
        variant="first in, first out",
        first={"ContentBasedDeduplication": True, "FifoTopic": True, "TopicName": "contract.fifo"},
        changed={"FifoTopic": True, "TopicName": "contract.fifo"},
        replaced={"FifoTopic": True, "TopicName": "contract-other.fifo"},
        defaults={"SignatureVersion": "1", "TracingConfig": "PassThrough"},
        derived=frozenset({"ContentBasedDeduplication"}),
    ),
    Case(
        type="AWS::SNS::TopicPolicy",
        dependencies=TOPICS,
        key="PolicyDocument.Id",
        first={"PolicyDocument": topic_policy("events.amazonaws.com"), "Topics": [ref("TopicOne")]},
        changed={
            "PolicyDocument": topic_policy("budgets.amazonaws.com"),
            "Topics": [ref("TopicTwo")],
        },
    ),
    Case(
        type="AWS::SNS::Subscription",
        dependencies=TOPICS,
        first={
            "TopicArn": ref("TopicOne"),
            "Protocol": "sqs",
            "Endpoint": arn("sqs", "one"),
            "FilterPolicy": {"status": ["Failed"]},
            "FilterPolicyScope": "MessageBody",
            "RawMessageDelivery": "true",
            "DeliveryPolicy": {"healthyRetryPolicy": {"numRetries": 5}},
            "RedrivePolicy": {"deadLetterTargetArn": arn("sqs", "dead")},
        },
        changed={"TopicArn": ref("TopicOne"), "Protocol": "sqs", "Endpoint": arn("sqs", "one")},
        replaced={"TopicArn": ref("TopicTwo"), "Protocol": "sqs", "Endpoint": arn("sqs", "one")},
        defaults={"RawMessageDelivery": False},
    ),
    Case(
        type="AWS::Events::Rule",
        first={
            "Name": "contract",
            "Description": "first",
            "EventBusName": "default",
            "EventPattern": {"source": ["aws.sagemaker"], "detail": {"currentPipelineExecutionStatus": ["Failed"]}},
            "RoleArn": ROLE_ARN,
            "State": "DISABLED",
            "Targets": [
                {
                    "Id": "topic",
                    "Arn": arn("sns", "contract"),
                    "InputTransformer": {"InputPathsMap": {"at": "$.time"}, "InputTemplate": '"failed at <at>"'},
                    "DeadLetterConfig": {"Arn": arn("sqs", "dead")},
                    "RetryPolicy": RETRIES,
                },
                {
                    "Id": "queue",
                    "Arn": arn("sqs", "contract.fifo"),
                    "Input": "{}",
                    "SqsParameters": {"MessageGroupId": "group"},
                },
                {
                    "Id": "pipeline",
                    "Arn": arn("sagemaker", "pipeline/contract"),
                    "RoleArn": ROLE_ARN,
                    "SageMakerPipelineParameters": parameters("1"),
                },
            ],
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "Name": "contract",
            "EventBusName": "default",
            "ScheduleExpression": "rate(1 day)",
            "Targets": [{"Id": "topic", "Arn": arn("sns", "contract"), "InputPath": "$.detail"}],
            "Tags": tags(a="2"),
        },
        replaced={"Name": "contract-other", "ScheduleExpression": "rate(1 day)"},
        defaults={"EventBusName": "default", "State": "ENABLED"},
    ),
    Case(
        type="AWS::CloudWatch::Alarm",
        first={
            "AlarmName": "contract",
            "AlarmDescription": "first",
            "ActionsEnabled": "false",
            "AlarmActions": [arn("sns", "alarm")],
            "OKActions": [arn("sns", "ok")],
            "InsufficientDataActions": [arn("sns", "insufficient")],
            "Namespace": "AWS/ElasticMapReduce",
            "MetricName": "IsIdle",
            "Dimensions": [{"Name": "JobFlowId", "Value": "j-1"}],
            "Statistic": "Average",
            "Unit": "None",
            "Period": "300",
            "EvaluationPeriods": "3",
            "DatapointsToAlarm": "2",
            "Threshold": "0.5",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "AlarmName": "contract",
            "Namespace": "AWS/ElasticMapReduce",
            "MetricName": "HDFSUtilization",
            "ExtendedStatistic": "p90",
            "EvaluateLowSampleCountPercentile": "ignore",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 90.5,
            "ComparisonOperator": "GreaterThanThreshold",
            "Tags": tags(a="2"),
        },
        replaced={
            "AlarmName": "contract-other",
            "Namespace": "AWS/ElasticMapReduce",
            "MetricName": "IsIdle",
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0.5,
            "ComparisonOperator": "GreaterThanThreshold",
        },
        defaults={"ActionsEnabled": True},
    ),
    Case(
        type="AWS::CloudWatch::Alarm",
        variant="of an expression",
        first={
            "AlarmName": "contract",
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.5,
            "Metrics": [
                {"Id": "rate", "Expression": "100 * errors / calls", "Label": "Errors", "Period": "60"},
                {"Id": "errors", "MetricStat": metric("Sum"), "ReturnData": "false"},
                {"Id": "calls", "MetricStat": metric("SampleCount"), "ReturnData": "false"},
            ],
        },
        changed={
            "AlarmName": "contract",
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanUpperThreshold",
            "ThresholdMetricId": "band",
            "Metrics": [
                {"Id": "calls", "MetricStat": metric("Average"), "ReturnData": True},
                {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(calls, 2)", "ReturnData": True},
            ],
        },
        defaults={"ActionsEnabled": True},
    ),
    Case(
        type="AWS::CloudWatch::Dashboard",
        first={"DashboardName": "contract", "DashboardBody": dashboard("first"), "Tags": tags(a="1", b="1")},
        changed={"DashboardName": "contract", "DashboardBody": dashboard("second"), "Tags": tags(a="2")},
        replaced={"DashboardName": "contract-other", "DashboardBody": dashboard("first")},
    ),
    Case(
        type="AWS::Scheduler::ScheduleGroup",
        first={"Name": "contract", "Tags": tags(a="1", b="1")},
        changed={"Name": "contract", "Tags": tags(a="2")},
        replaced={"Name": "contract-other"},
    ),
    Case(
        type="AWS::Scheduler::Schedule",
        dependencies={"Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "contract"}}},
        first={
            "Name": "contract",
            "GroupName": ref("Group"),
            "Description": "first",
            "ScheduleExpression": "cron(0 5 * * ? *)",
            "ScheduleExpressionTimezone": "Europe/Madrid",
            "StartDate": "2030-01-01T00:00:00Z",
            "EndDate": "2031-01-01T00:00:00Z",
            "State": "DISABLED",
            "KmsKeyArn": KEY_ARN,
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": "15"},
            "Target": {
                "Arn": arn("sagemaker", "pipeline/contract"),
                "RoleArn": ROLE_ARN,
                "SageMakerPipelineParameters": parameters("1"),
                "RetryPolicy": RETRIES,
                "DeadLetterConfig": {"Arn": arn("sqs", "dead")},
            },
        },
        changed={
            "Name": "contract",
            "GroupName": ref("Group"),
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": arn("sqs", "contract.fifo"),
                "RoleArn": ROLE_ARN,
                "Input": "{}",
                "SqsParameters": {"MessageGroupId": "group"},
                "RetryPolicy": RETRIES,
            },
        },
        replaced={
            "Name": "contract-other",
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": arn("sqs", "contract"), "RoleArn": ROLE_ARN, "RetryPolicy": RETRIES},
        },
        defaults={"GroupName": "default", "State": "ENABLED", "ScheduleExpressionTimezone": "UTC"},
    ),
    Case(
        type="AWS::Budgets::Budget",
        first={
            "Budget": {
                **MONTHLY,
                "BudgetName": "contract",
                "BudgetLimit": {"Amount": "100.5", "Unit": "USD"},
                "CostFilters": {"TagKeyValue": ["user:project$flights"]},
                "CostTypes": COST_TYPES,
            },
            "NotificationsWithSubscribers": NOTIFICATIONS,
            "ResourceTags": tags(a="1", b="1"),
        },
        changed={
            "Budget": {
                **MONTHLY,
                "BudgetName": "contract",
                "BudgetLimit": {"Amount": 200.5, "Unit": "USD"},
                "FilterExpression": {
                    "And": [
                        {"Tags": {"Key": "project", "Values": ["flights"], "MatchOptions": ["EQUALS"]}},
                        {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit"]}}},
                    ]
                },
                "Metrics": ["UnblendedCost"],
            },
            "NotificationsWithSubscribers": NOTIFICATIONS,
            "ResourceTags": tags(a="2"),
        },
        replaced={
            "Budget": {
                **MONTHLY,
                "BudgetName": "contract-other",
                "PlannedBudgetLimits": {"1767225600": {"Amount": "100.5", "Unit": "USD"}},
                "CostTypes": COST_TYPES,
            },
            "NotificationsWithSubscribers": [notification(50.5, "c@example.com")],
        },
    ),
    Case(
        type="AWS::Logs::LogStream",
        first={"LogGroupName": ref("LogGroupOne"), "LogStreamName": "contract"},
        replaced={"LogGroupName": ref("LogGroupTwo"), "LogStreamName": "contract-other"},
        dependencies=LOG_GROUPS,
    ),
    Case(
        type="AWS::Logs::MetricFilter",
        first={
            "FilterName": "contract",
            "FilterPattern": "{ $.level = ERROR }",
            "LogGroupName": ref("LogGroupOne"),
            "MetricTransformations": [
                {
                    "Dimensions": [{"Key": "Step", "Value": "$.step"}],
                    "MetricName": "errors",
                    "MetricNamespace": "contract",
                    "MetricValue": "1",
                    "Unit": "Count",
                }
            ],
        },
        changed={
            "FilterName": "contract",
            "FilterPattern": "ERROR",
            "LogGroupName": ref("LogGroupOne"),
            "MetricTransformations": [
                {"DefaultValue": 0, "MetricName": "other", "MetricNamespace": "contract", "MetricValue": "$.size"}
            ],
        },
        replaced={
            "FilterName": "contract-other",
            "FilterPattern": "",
            "LogGroupName": ref("LogGroupTwo"),
            "MetricTransformations": [{"MetricName": "lines", "MetricNamespace": "contract", "MetricValue": "1"}],
        },
        dependencies=LOG_GROUPS,
    ),
    Case(
        type="AWS::Logs::ResourcePolicy",
        first={"PolicyDocument": json.dumps(policy("logs:PutLogEvents")), "PolicyName": "contract"},
        changed={"PolicyDocument": json.dumps(policy("logs:CreateLogStream")), "PolicyName": "contract"},
        replaced={"PolicyDocument": json.dumps(policy("logs:PutLogEvents")), "PolicyName": "contract-other"},
    ),
    Case(
        type="AWS::Logs::QueryDefinition",
        first={
            "LogGroupNames": [ref("LogGroupOne")],
            "Name": "contract",
            "QueryLanguage": "CWLI",
            "QueryString": "fields @timestamp",
        },
        changed={"Name": "contract-other", "QueryString": "fields @message"},
        dependencies=LOG_GROUPS,
        defaults={"QueryLanguage": "CWLI"},
    ),
)
