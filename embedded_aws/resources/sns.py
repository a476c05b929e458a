"""AWS::SNS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from embedded_aws.resources._common import (
    call,
    changed,
    difference,
    ignoring,
    pick,
    tags,
    text,
    update_tags,
)
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

# What a list shows in place of the ARN of a subscription that nobody has confirmed. Such a subscription cannot be
# deleted: SNS forgets it by itself after 48 hours, and CloudFormation passes over it.
# https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
PENDING = "PendingConfirmation"


@handler
class Topic(Handler):
    type_name = "AWS::SNS::Topic"
    # The attributes that a template gives, with what they are without it.
    # https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
    ATTRIBUTES: ClassVar[Mapping[str, str]] = {
        "ContentBasedDeduplication": "false",
        "DisplayName": "",
        "KmsMasterKeyId": "",
        "SignatureVersion": "1",
        "TracingConfig": "PassThrough",
    }
    supported = frozenset(
        {"FifoTopic", "Subscription.Endpoint", "Subscription.Protocol", "Tags", "TopicName", *ATTRIBUTES}
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("TopicName") or context.generated_name(limit=256)
        if any(_name(arn) == name for arn in _topics(context)):
            # CreateTopic answers with the topic that exists; CloudFormation looks before it.
            raise HandlerError(f"the topic {name} already exists")
        arn = call(
            context,
            "sns",
            "CreateTopic",
            Name=name,
            Attributes=self._given(properties),
            Tags=tags(properties),
        )["TopicArn"]
        context.report_id(arn)
        for subscription in properties.get("Subscription") or []:
            _subscribe(context, arn, subscription)
        return self._attributes(arn)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        for name, default in self.ATTRIBUTES.items():
            if changed(old, new, name):
                _set_attribute(context, physical_id, name, new.get(name, default))
        subscriptions = difference(old.get("Subscription"), new.get("Subscription"))
        for subscription in subscriptions.removed:
            self._unsubscribe(context, physical_id, subscription)
        for subscription in subscriptions.added:
            _subscribe(context, physical_id, subscription)
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "sns", "UntagResource", ResourceArn=physical_id, TagKeys=keys),
            add=lambda _: call(context, "sns", "TagResource", ResourceArn=physical_id, Tags=tags(new)),
        )
        return self._attributes(physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sns", "DeleteTopic", TopicArn=physical_id)

    def _given(self, properties: Properties) -> dict[str, Any]:
        """What CreateTopic takes: only a topic that is first in, first out has the attributes of such a one."""
        given = pick(properties, "FifoTopic", *self.ATTRIBUTES)
        if text(given.get("FifoTopic", False)) == "true":
            return given
        return {name: value for name, value in given.items() if name not in ("FifoTopic", "ContentBasedDeduplication")}

    def _unsubscribe(self, context: Context, topic_arn: str, subscription: Mapping[str, Any]) -> None:
        listed = call(context, "sns", "ListSubscriptionsByTopic", TopicArn=topic_arn)["Subscriptions"]
        for each in listed:
            same = pick(each, "Protocol", "Endpoint") == pick(subscription, "Protocol", "Endpoint")
            if same and each["SubscriptionArn"] != PENDING:
                call(context, "sns", "Unsubscribe", SubscriptionArn=each["SubscriptionArn"])

    def _attributes(self, arn: str) -> dict[str, Any]:
        return {"TopicArn": arn, "TopicName": _name(arn)}


@handler
class TopicPolicy(Handler):
    type_name = "AWS::SNS::TopicPolicy"
    supported = frozenset({"PolicyDocument", "Topics"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        # The policy is an attribute of the topics; the id is CloudFormation's own.
        name = context.report_id(context.generated_name())
        self._set(context, properties)
        return {"Id": name}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        for topic in difference(old["Topics"], new["Topics"]).removed:
            self._reset(context, topic)
        self._set(context, new)
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        for topic in properties["Topics"]:
            with ignoring("NotFound"):
                self._reset(context, topic)

    def _set(self, context: Context, properties: Properties) -> None:
        for topic in properties["Topics"]:
            _set_attribute(context, topic, "Policy", text(properties["PolicyDocument"]))

    def _reset(self, context: Context, topic_arn: str) -> None:
        """Give the topic the policy that SNS gives a new one: a topic is never without.

        https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
        """
        actions = (
            "GetTopicAttributes",
            "SetTopicAttributes",
            "AddPermission",
            "RemovePermission",
            "DeleteTopic",
            "Subscribe",
            "ListSubscriptionsByTopic",
            "Publish",
        )
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [f"SNS:{action}" for action in actions],
            "Resource": topic_arn,
            "Condition": {"StringEquals": {"AWS:SourceOwner": context.account}},
        }
        policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
        _set_attribute(context, topic_arn, "Policy", text(policy))


@handler
class Subscription(Handler):
    type_name = "AWS::SNS::Subscription"
    # The attributes that a template gives, with what removes them; the scope first, a policy is read by it.
    # https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
    ATTRIBUTES: ClassVar[Mapping[str, str]] = {
        "FilterPolicyScope": "MessageAttributes",
        "FilterPolicy": "{}",
        "RawMessageDelivery": "false",
        "DeliveryPolicy": "",
        "RedrivePolicy": "",
    }
    supported = frozenset({"Endpoint", "Protocol", "TopicArn", *ATTRIBUTES})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = _subscribe(context, properties["TopicArn"], properties, Attributes=pick(properties, *self.ATTRIBUTES))
        return {"Arn": context.report_id(arn)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        for name, none in self.ATTRIBUTES.items():
            if changed(old, new, name):
                call(
                    context,
                    "sns",
                    "SetSubscriptionAttributes",
                    SubscriptionArn=physical_id,
                    AttributeName=name,
                    AttributeValue=text(new.get(name, none)),
                )
        return {"Arn": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        about = call(context, "sns", "GetSubscriptionAttributes", SubscriptionArn=physical_id)["Attributes"]
        if about["PendingConfirmation"] == "false":
            call(context, "sns", "Unsubscribe", SubscriptionArn=physical_id)


def _topics(context: Context) -> Iterator[str]:
    for page in context.client("sns").get_paginator("list_topics").paginate():
        yield from (topic["TopicArn"] for topic in page["Topics"])


def _name(arn: str) -> str:
    return arn.rsplit(":", 1)[-1]


def _set_attribute(context: Context, topic_arn: str, name: str, value: Any) -> None:
    call(context, "sns", "SetTopicAttributes", TopicArn=topic_arn, AttributeName=name, AttributeValue=value)


def _subscribe(context: Context, topic_arn: str, subscription: Mapping[str, Any], **arguments: Any) -> str:
    arn: str = call(
        context,
        "sns",
        "Subscribe",
        TopicArn=topic_arn,
        ReturnSubscriptionArn=True,
        **pick(subscription, "Protocol", "Endpoint"),
        **arguments,
    )["SubscriptionArn"]
    return arn
