"""AWS::SQS."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import call, changed, exists, ignoring, pick, tag_map, text, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

_MISSING = "AWS.SimpleQueueService.NonExistentQueue"


@handler
class Queue(Handler):
    type_name = "AWS::SQS::Queue"
    # The attributes that a template gives, with what they are without it.
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    ATTRIBUTES: ClassVar[dict[str, Any]] = {
        "DelaySeconds": 0,
        "MaximumMessageSize": 1048576,
        "MessageRetentionPeriod": 345600,
        "ReceiveMessageWaitTimeSeconds": 0,
        "RedriveAllowPolicy": "",
        "RedrivePolicy": "",
        "VisibilityTimeout": 30,
    }
    FIFO: ClassVar[dict[str, Any]] = {
        "ContentBasedDeduplication": False,
        "DeduplicationScope": "queue",
        "FifoThroughputLimit": "perQueue",
    }
    ENCRYPTION: ClassVar[tuple[str, ...]] = ("KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "SqsManagedSseEnabled")
    supported = frozenset({"FifoQueue", "QueueName", "Tags", *ATTRIBUTES, *FIFO, *ENCRYPTION})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        ending = ".fifo" if text(properties.get("FifoQueue", False)) == "true" else ""
        name = properties.get("QueueName") or context.generated_name(limit=80 - len(ending)) + ending
        if exists(context, "sqs", "GetQueueUrl", missing=(_MISSING, "QueueDoesNotExist"), QueueName=name):
            # CreateQueue answers with the queue that exists.
            raise HandlerError(f"the queue {name} already exists")
        given = pick(properties, "FifoQueue", *self.ATTRIBUTES, *self.FIFO, *self.ENCRYPTION)
        url = call(
            context,
            "sqs",
            "CreateQueue",
            QueueName=name,
            Attributes=_texts(given),
            tags=tag_map(properties) or None,
        )["QueueUrl"]
        context.report_id(url)
        return self._attributes(context, url)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        defaults = {**self.ATTRIBUTES, **self.FIFO}
        values = {name: new.get(name, default) for name, default in defaults.items() if changed(old, new, name)}
        if changed(old, new, *self.ENCRYPTION):
            values |= self._encryption(new)
        if values:
            call(context, "sqs", "SetQueueAttributes", QueueUrl=physical_id, Attributes=_texts(values))
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "sqs", "UntagQueue", QueueUrl=physical_id, TagKeys=keys),
            add=lambda added: call(context, "sqs", "TagQueue", QueueUrl=physical_id, Tags=added),
        )
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sqs", "DeleteQueue", QueueUrl=physical_id)

    def _encryption(self, properties: Properties) -> dict[str, Any]:
        """A queue has one encryption: with a KMS key, or with keys of SQS, which is the default."""
        if key := properties.get("KmsMasterKeyId"):
            return {
                "KmsMasterKeyId": key,
                "KmsDataKeyReusePeriodSeconds": properties.get("KmsDataKeyReusePeriodSeconds", 300),
            }
        return {"KmsMasterKeyId": "", "SqsManagedSseEnabled": properties.get("SqsManagedSseEnabled", True)}

    def _attributes(self, context: Context, url: str) -> dict[str, Any]:
        answer = call(context, "sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])
        return {
            "Arn": answer["Attributes"]["QueueArn"],
            "QueueName": url.rsplit("/", 1)[-1],
            "QueueUrl": url,
        }


@handler
class QueuePolicy(Handler):
    type_name = "AWS::SQS::QueuePolicy"
    supported = frozenset({"PolicyDocument", "Queues"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = context.report_id(context.generated_name())
        self._put(context, properties["Queues"], text(properties["PolicyDocument"]))
        return {"Id": name}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, [url for url in old["Queues"] if url not in new["Queues"]], "")
        self._put(context, new["Queues"], text(new["PolicyDocument"]))
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        for url in properties["Queues"]:
            with ignoring(_MISSING):
                self._put(context, [url], "")

    def _put(self, context: Context, urls: list[str], policy: str) -> None:
        for url in urls:
            call(context, "sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": policy})


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: text(value) for name, value in values.items()}
