"""What SQS and EventBridge show of queues, buses, archives and their policies, in the template's words."""

from __future__ import annotations

import json
from typing import Any

from embedded_aws.live_properties.registry import Services, Shown, list_all, pick, reader


def queue_attributes(services: Services) -> dict[str, dict[str, Any]]:
    """The attributes of each queue, by URL."""
    sqs = services("sqs")
    urls = list_all(sqs, "list_queues", "QueueUrls")
    return {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls}


@reader("AWS::SQS::Queue")
def queues(services: Services) -> Shown:
    return {
        url: {
            **pick(
                attributes,
                "ContentBasedDeduplication",
                "DeduplicationScope",
                "DelaySeconds",
                "FifoQueue",
                "FifoThroughputLimit",
                "KmsDataKeyReusePeriodSeconds",
                "KmsMasterKeyId",
                "MaximumMessageSize",
                "MessageRetentionPeriod",
                "ReceiveMessageWaitTimeSeconds",
                "SqsManagedSseEnabled",
                "VisibilityTimeout",
            ),
            **{
                name: json.loads(attributes[name]) if attributes.get(name) else None
                for name in ("RedriveAllowPolicy", "RedrivePolicy")
            },
            "QueueName": url.rsplit("/", 1)[-1],
            "Tags": [
                {"Key": key, "Value": value}
                for key, value in services("sqs").list_queue_tags(QueueUrl=url).get("Tags", {}).items()
            ],
        }
        for url, attributes in queue_attributes(services).items()
    }


@reader("AWS::SQS::QueuePolicy")
def queue_policies(services: Services) -> Shown:
    """Keyed by the document's Id: SQS knows no id of a policy."""
    shown: Shown = {}
    for url, attributes in queue_attributes(services).items():
        policy = json.loads(attributes.get("Policy") or "{}")
        if name := policy.get("Id"):
            shown.setdefault(name, {"PolicyDocument": policy, "Queues": []})["Queues"].append(url)
    return shown


@reader("AWS::Events::EventBus")
def event_buses(services: Services) -> Shown:
    events = services("events")
    return {
        bus["Name"]: {
            **pick(
                events.describe_event_bus(Name=bus["Name"]),
                "DeadLetterConfig",
                "Description",
                "KmsKeyIdentifier",
                "Name",
            ),
            "Tags": events.list_tags_for_resource(ResourceARN=bus["Arn"])["Tags"],
        }
        for bus in list_all(events, "list_event_buses", "EventBuses")
        if bus["Name"] != "default"
    }


@reader("AWS::Events::EventBusPolicy")
def event_bus_policies(services: Services) -> Shown:
    """Each statement in both forms of a template: as a whole, and as action, principal and condition."""
    shown: Shown = {}
    for bus in list_all(services("events"), "list_event_buses", "EventBuses"):
        for statement in json.loads(bus.get("Policy", '{"Statement": []}'))["Statement"]:
            shown[f"{bus['Name']}|{statement['Sid']}"] = {
                "Action": statement["Action"],
                "Condition": _condition(statement.get("Condition")),
                "EventBusName": bus["Name"],
                "Principal": _account(statement["Principal"]),
                "Statement": statement,
                "StatementId": statement["Sid"],
            }
    return shown


def _condition(condition: dict[str, Any] | None) -> dict[str, Any] | None:
    """The one condition of a statement; None without one, and for conditions that only a whole statement has."""
    pairs = [(operator, key, value) for operator, keys in (condition or {}).items() for key, value in keys.items()]
    if len(pairs) != 1:
        return None
    ((operator, key, value),) = pairs
    return {"Key": key, "Type": operator, "Value": value}


def _account(principal: Any) -> Any:
    """The principal as PutPermission takes it: an account, or everybody."""
    arn = principal.get("AWS") if isinstance(principal, dict) else principal
    return arn.split(":")[4] if isinstance(arn, str) and arn.endswith(":root") else arn


@reader("AWS::Events::Archive")
def archives(services: Services) -> Shown:
    events = services("events")
    shown: Shown = {}
    for name in (each["ArchiveName"] for each in events.list_archives()["Archives"]):
        archive = events.describe_archive(ArchiveName=name)
        shown[name] = {
            **pick(archive, "ArchiveName", "Description", "KmsKeyIdentifier", "RetentionDays"),
            "EventPattern": json.loads(archive["EventPattern"]) if "EventPattern" in archive else None,
            "SourceArn": archive["EventSourceArn"],
        }
    return shown
