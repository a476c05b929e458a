"""The cases of queues and event buses."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT
from tests.embedded_aws.resources.cases_operations import arn, att, policy, ref, resource, tags
from tests.embedded_aws.resources.harness import Case

QUEUES = {name: resource("SQS::Queue") for name in ("QueueOne", "QueueTwo")}
BUS = {"Bus": resource("Events::EventBus", Name="contract")}
ORGANIZATION: dict[str, Any] = {
    "Action": "events:PutEvents",
    "Condition": {"Key": "aws:PrincipalOrgID", "Type": "StringEquals", "Value": "o-1111111111"},
    "EventBusName": ref("Bus"),
    "Principal": "*",
    "StatementId": "one",
}
CONNECTION = {
    "Connection": resource(
        "Events::Connection",
        AuthorizationType="API_KEY",
        AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "one"}  # pragma: allowlist secret
        },
    )
}
QUEUE_DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "VisibilityTimeout": "30",
}

MESSAGING_CASES = (
    Case(
        type="AWS::SQS::Queue",
        first={
            "DelaySeconds": 5,
            "KmsDataKeyReusePeriodSeconds": 600,
            "KmsMasterKeyId": "alias/aws/sqs",
            "MaximumMessageSize": 2048,
            "MessageRetentionPeriod": 60,
            "QueueName": "contract",
            "ReceiveMessageWaitTimeSeconds": 10,
            "RedriveAllowPolicy": {"redrivePermission": "denyAll"},
            "RedrivePolicy": {"deadLetterTargetArn": att("QueueOne", "Arn"), "maxReceiveCount": 3},
            "Tags": tags(a="1", b="1"),
            "VisibilityTimeout": 60,
        },
        changed={"QueueName": "contract", "DelaySeconds": 6, "Tags": tags(a="2")},
        replaced={"QueueName": "contract-other"},
        dependencies=QUEUES,
        defaults=QUEUE_DEFAULTS,
        derived=frozenset({"SqsManagedSseEnabled"}),
    ),
    Case(
        type="AWS::SQS::Queue",
        variant="first in, first out",
        first={
            "ContentBasedDeduplication": True,
            "DeduplicationScope": "messageGroup",
            "FifoQueue": True,
            "FifoThroughputLimit": "perMessageGroupId",
            "QueueName": "contract.fifo",
        },
        changed={"ContentBasedDeduplication": False, "FifoQueue": True, "QueueName": "contract.fifo"},
        defaults={**QUEUE_DEFAULTS, "DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"},
        derived=frozenset({"SqsManagedSseEnabled"}),
    ),
    Case(
        type="AWS::SQS::Queue",
        variant="without encryption",
        first={"QueueName": "contract-plain", "SqsManagedSseEnabled": False},
        changed={"QueueName": "contract-plain"},
        defaults={**QUEUE_DEFAULTS, "SqsManagedSseEnabled": True},
    ),
    Case(
        type="AWS::SQS::QueuePolicy",
        first={"Queues": [ref("QueueOne")], "PolicyDocument": policy("sqs:SendMessage")},
        changed={"Queues": [ref("QueueTwo")], "PolicyDocument": policy("sqs:*")},
        dependencies=QUEUES,
        key="PolicyDocument.Id",
    ),
    Case(
        type="AWS::Events::EventBus",
        first={
            "DeadLetterConfig": {"Arn": arn("sqs", "dead")},
            "Description": "one",
            "KmsKeyIdentifier": "alias/contract",
            "Name": "contract",
            "Tags": tags(a="1", b="1"),
        },
        changed={"Name": "contract", "Tags": tags(a="2")},
        replaced={"Description": "two", "Name": "contract-other"},
    ),
    Case(
        type="AWS::Events::Rule",
        variant="on another bus",
        first={
            "EventBusName": ref("Bus"),
            "EventPattern": {"source": ["contract"]},
            "Name": "contract",
            "Tags": tags(a="1", b="1"),
            "Targets": [{"Id": "queue", "Arn": arn("sqs", "one")}],
        },
        changed={
            "EventBusName": ref("Bus"),
            "EventPattern": {"source": ["other"]},
            "Name": "contract",
            "State": "DISABLED",
            "Tags": tags(a="2"),
            "Targets": [{"Id": "topic", "Arn": arn("sns", "one")}],
        },
        replaced={"EventBusName": ref("Bus"), "EventPattern": {"source": ["contract"]}, "Name": "contract-other"},
        dependencies=BUS,
        defaults={"State": "ENABLED"},
    ),
    Case(
        type="AWS::Events::Connection",
        first={
            "AuthorizationType": "API_KEY",
            "AuthParameters": {
                "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "one"},  # pragma: allowlist secret
                "InvocationHttpParameters": {
                    "HeaderParameters": [{"Key": "X-Team", "Value": "one", "IsValueSecret": False}],
                    "QueryStringParameters": [{"Key": "team", "Value": "one"}],
                },
            },
            "Description": "one",
            "Name": "contract",
        },
        changed={
            "AuthorizationType": "BASIC",
            "AuthParameters": {
                "BasicAuthParameters": {"Username": "one", "Password": "two"}  # pragma: allowlist secret
            },
            "Name": "contract",
        },
        replaced={
            "AuthorizationType": "API_KEY",
            "AuthParameters": {
                "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "one"}  # pragma: allowlist secret
            },  # pragma: allowlist secret
            "Name": "contract-other",
        },
        unread=frozenset({"AuthParameters"}),
    ),
    Case(
        type="AWS::Events::ApiDestination",
        first={
            "ConnectionArn": att("Connection", "Arn"),
            "Description": "one",
            "HttpMethod": "POST",
            "InvocationEndpoint": "https://one.example.com/events",
            "InvocationRateLimitPerSecond": 5,
            "Name": "contract",
        },
        changed={
            "ConnectionArn": att("Connection", "Arn"),
            "HttpMethod": "PUT",
            "InvocationEndpoint": "https://two.example.com/events",
            "Name": "contract",
        },
        replaced={
            "ConnectionArn": att("Connection", "Arn"),
            "HttpMethod": "POST",
            "InvocationEndpoint": "https://one.example.com/events",
            "Name": "contract-other",
        },
        dependencies=CONNECTION,
        defaults={"InvocationRateLimitPerSecond": 300},
    ),
    Case(
        type="AWS::Events::Archive",
        first={
            "ArchiveName": "contract",
            "Description": "one",
            "EventPattern": {"account": [ACCOUNT]},
            "KmsKeyIdentifier": "alias/contract",
            "RetentionDays": 3,
            "SourceArn": att("Bus", "Arn"),
        },
        changed={"ArchiveName": "contract", "SourceArn": att("Bus", "Arn")},
        replaced={
            "ArchiveName": "contract-other",
            "EventPattern": {"account": ["other"]},
            "SourceArn": att("Bus", "Arn"),
        },
        dependencies=BUS,
        defaults={"RetentionDays": 0},
    ),
    Case(
        type="AWS::Events::EventBusPolicy",
        variant="by action and principal",
        first={
            "Action": "events:PutEvents",
            "EventBusName": ref("Bus"),
            "Principal": "111111111111",
            "StatementId": "one",
        },
        replaced={
            "Action": "events:PutEvents",
            "EventBusName": ref("Bus"),
            "Principal": "222222222222",
            "StatementId": "two",
        },
        dependencies=BUS,
        derived=frozenset({"Statement"}),
    ),
    Case(
        type="AWS::Events::EventBusPolicy",
        variant="of an organization",
        first=ORGANIZATION,
        changed={**ORGANIZATION, "Condition": {**ORGANIZATION["Condition"], "Value": "o-2222222222"}},
        dependencies=BUS,
        derived=frozenset({"Statement"}),
    ),
    Case(
        type="AWS::Events::EventBusPolicy",
        variant="by statement",
        first={
            "EventBusName": ref("Bus"),
            "Statement": {**policy("events:PutEvents", "one")["Statement"][0], "Resource": att("Bus", "Arn")},
            "StatementId": "one",
        },
        changed={
            "EventBusName": ref("Bus"),
            "Statement": {**policy("events:PutRule", "one")["Statement"][0], "Resource": att("Bus", "Arn")},
            "StatementId": "one",
        },
        dependencies=BUS,
        derived=frozenset({"Action", "Principal"}),
    ),
)
