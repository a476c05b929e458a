"""The cases of queues and event buses."""

from __future__ import annotations

from tests.embedded_aws.resources.cases_operations import att, policy, ref, resource, tags
from tests.embedded_aws.resources.harness import Case

QUEUES = {name: resource("SQS::Queue") for name in ("QueueOne", "QueueTwo")}
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
        first={"Name": "contract", "Tags": tags(a="1", b="1")},
        changed={"Name": "contract", "Tags": tags(a="2")},
        replaced={"Name": "contract-other"},
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
        dependencies={"Bus": resource("Events::EventBus", Name="contract")},
        unread=frozenset({"Action", "Principal"}),
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
        dependencies={"Bus": resource("Events::EventBus", Name="contract")},
    ),
)
