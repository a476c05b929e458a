"""AWS::SQS."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from embedded_aws.resources._common import call, changed, pick, tag_map, text, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

_MISSING = "AWS.SimpleQueueService.NonExistentQueue"


@handler
class Queue(Handler):
    type_name = "AWS::SQS::Queue"
    # The attributes that a template gives, with what they are without it.
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    ATTRIBUTES: ClassVar[dict[str, Any]] = {
        "DelaySeconds": 0,
        "KmsDataKeyReusePeriodSeconds": 300,
        "KmsMasterKeyId": "",
        "MessageRetentionPeriod": 345600,
        "ReceiveMessageWaitTimeSeconds": 0,
        "RedrivePolicy": "",
        "VisibilityTimeout": 30,
    }
    FIFO: ClassVar[tuple[str, ...]] = (
        "ContentBasedDeduplication",
        "DeduplicationScope",
        "FifoQueue",
        "FifoThroughputLimit",
    )
    supported = frozenset({"QueueName", "Tags", *ATTRIBUTES, *FIFO})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        ending = ".fifo" if text(properties.get("FifoQueue", False)) == "true" else ""
        name = properties.get("QueueName") or context.generated_name(limit=80 - len(ending)) + ending
        if self._exists(context, name):
            # CreateQueue answers with the queue that exists.
            raise HandlerError(f"the queue {name} already exists")
        given = pick(properties, *self.ATTRIBUTES, *self.FIFO)
        url = call(
            context,
            "sqs",
            "CreateQueue",
            QueueName=name,
            Attributes={key: text(value) for key, value in given.items()},
            tags=tag_map(properties) or None,
        )["QueueUrl"]
        context.report_id(url)
        return self._attributes(context, url)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        defaults = {**self.ATTRIBUTES, "ContentBasedDeduplication": False}
        names = [name for name in (*self.ATTRIBUTES, *self.FIFO) if changed(old, new, name)]
        values = {name: text(new.get(name, defaults.get(name, ""))) for name in names}
        if values:
            call(context, "sqs", "SetQueueAttributes", QueueUrl=physical_id, Attributes=values)
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "sqs", "UntagQueue", QueueUrl=physical_id, TagKeys=keys),
            add=lambda added: call(context, "sqs", "TagQueue", QueueUrl=physical_id, Tags=added),
        )
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sqs", "DeleteQueue", QueueUrl=physical_id)

    def _exists(self, context: Context, name: str) -> bool:
        try:
            call(context, "sqs", "GetQueueUrl", QueueName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] in (_MISSING, "QueueDoesNotExist"):
                return False
            raise
        return True

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
        self._put(context, properties["Queues"], "")

    def _put(self, context: Context, urls: list[str], policy: str) -> None:
        for url in urls:
            call(context, "sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": policy})
