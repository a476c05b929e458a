"""The proofs of the gaps in SQS."""

from __future__ import annotations

import json

from tests.embedded_aws.gaps.proofs import proves
from tests.embedded_aws.moto_server import Services


@proves("Queue._set_attributes")
def a_queue_keeps_its_policy_and_has_one_encryption(services: Services, name: str) -> None:
    sqs = services("sqs")
    policy = json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]})
    queue = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "1", "KmsMasterKeyId": "alias/aws/sqs"})
    shown = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert shown["Policy"] == policy
    assert shown["SqsManagedSseEnabled"] == "false"
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"SqsManagedSseEnabled": "true"})
    shown = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert "KmsMasterKeyId" not in shown
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
    assert "Policy" not in sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"]).get("Attributes", {})


@proves("SQSBackend.get_queue_attributes")
def a_queue_shows_who_may_use_it_for_dead_letters(services: Services, name: str) -> None:
    sqs = services("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = {"QueueUrl": queue, "AttributeNames": ["RedriveAllowPolicy"]}
    assert "Attributes" not in sqs.get_queue_attributes(**asked)
    allowed = json.dumps({"redrivePermission": "denyAll"})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedriveAllowPolicy": allowed})
    assert sqs.get_queue_attributes(**asked)["Attributes"] == {"RedriveAllowPolicy": allowed}
    assert sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"].keys() > {
        "QueueArn",
        "RedriveAllowPolicy",
    }
