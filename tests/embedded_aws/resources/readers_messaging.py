"""What SQS and EventBridge show of queues, buses and their policies, in the template's words."""

from __future__ import annotations

import json
from typing import Any

from tests.embedded_aws.moto_server import Services
from tests.embedded_aws.resources.cases_operations import policy
from tests.embedded_aws.resources.readers import Shown, pick, reader


def queue_attributes(services: Services) -> dict[str, dict[str, Any]]:
    sqs = services("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
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
            "Tags": _tag_list(services("sqs").list_queue_tags(QueueUrl=url).get("Tags", {})),
        }
        for url, attributes in queue_attributes(services).items()
    }


@reader("AWS::SQS::QueuePolicy")
def queue_policies(services: Services) -> Shown:
    """Keyed by the document's Id: SQS knows no id of a policy."""
    shown: Shown = {}
    for url, attributes in queue_attributes(services).items():
        if document := attributes.get("Policy"):
            parsed = json.loads(document)
            entry = shown.setdefault(parsed["Id"], {"PolicyDocument": parsed, "Queues": []})
            entry["Queues"].append(url)
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
        for bus in events.list_event_buses()["EventBuses"]
        if bus["Name"] != "default"
    }


@reader("AWS::Events::EventBusPolicy")
def event_bus_policies(services: Services) -> Shown:
    """A statement by action and principal is shown without them: the bus keeps it as a statement."""
    shown: Shown = {}
    for bus in services("events").list_event_buses()["EventBuses"]:
        for statement in json.loads(bus.get("Policy", '{"Statement": []}'))["Statement"]:
            by_statement = statement["Principal"] == policy("")["Statement"][0]["Principal"]
            shown[f"{bus['Name']}|{statement['Sid']}"] = {
                "Condition": _condition(statement.get("Condition")),
                "EventBusName": bus["Name"],
                "StatementId": statement["Sid"],
                **({"Statement": statement} if by_statement else {}),
            }
    return shown


def _condition(condition: dict[str, Any] | None) -> dict[str, Any] | None:
    """The one condition of a statement, as a template gives it."""
    if condition is None:
        return None
    ((operator, keys),) = condition.items()
    ((key, value),) = keys.items()
    return {"Key": key, "Type": operator, "Value": value}


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


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
