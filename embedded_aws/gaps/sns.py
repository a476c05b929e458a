"""SNS."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend
from moto.sns.responses import SNSResponse

from embedded_aws.gaps._registry import fills

# Whoever owns such an endpoint must confirm the subscription first; nobody here reads e-mails or answers requests.
# https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
TO_BE_CONFIRMED = frozenset({"email", "email-json", "http", "https"})
# What GetTopicAttributes shows and moto keeps without showing it, with the defaults.
# https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
SHOWN = {"SignatureVersion": ("signature_version", "1"), "TracingConfig": ("tracing_config", "PassThrough")}

_subscribe = SNSBackend.subscribe
_unsubscribe = SNSBackend.unsubscribe
_answer_subscribe = SNSResponse.subscribe
_list = SNSResponse.list_subscriptions
_list_by_topic = SNSResponse.list_subscriptions_by_topic
_topic_attributes = SNSResponse.get_topic_attributes


@fills(
    SNSBackend,
    "subscribe",
    service="sns",
    what="Subscribe, which waits for the confirmation of an e-mail or HTTP endpoint",
    why="moto confirms every subscription by itself",
)
def subscribe(self: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
    subscription = _subscribe(self, topic_arn, endpoint, protocol)
    if protocol in TO_BE_CONFIRMED:
        subscription.attributes |= {"PendingConfirmation": True, "ConfirmationWasAuthenticated": False}
    return subscription


@fills(
    SNSResponse,
    "subscribe",
    service="sns",
    what="Subscribe, which names a subscription that waits for confirmation only if it is asked to",
    why="moto gives its ARN in any case",
)
def answer_subscribe(self: Any) -> Any:
    answer = _answer_subscribe(self)
    subscription = self.backend.subscriptions[answer.result["SubscriptionArn"]]
    if subscription.attributes["PendingConfirmation"] and not self._get_param("ReturnSubscriptionArn"):
        return ActionResult({"SubscriptionArn": "pending confirmation"})
    return answer


@fills(
    SNSBackend,
    "unsubscribe",
    service="sns",
    what="Unsubscribe, refused while the subscription waits for confirmation",
    why="moto deletes it",
)
def unsubscribe(self: Any, subscription_arn: str) -> None:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
    subscription = self.subscriptions.get(subscription_arn)
    if subscription is not None and subscription.attributes["PendingConfirmation"]:
        raise SNSInvalidParameter(
            "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation"
        )
    _unsubscribe(self, subscription_arn)


_PENDING = "lists in which a subscription that waits for confirmation shows PendingConfirmation for its ARN"


@fills(SNSResponse, "list_subscriptions", service="sns", what=_PENDING, why="moto shows its ARN")
def list_subscriptions(self: Any) -> Any:
    return _with_pending(_list(self))


@fills(SNSResponse, "list_subscriptions_by_topic", service="sns", what=_PENDING, why="moto shows its ARN")
def list_subscriptions_by_topic(self: Any) -> Any:
    return _with_pending(_list_by_topic(self))


def _with_pending(answer: Any) -> Any:
    shown = [
        {
            "SubscriptionArn": "PendingConfirmation" if each.attributes["PendingConfirmation"] else each.arn,
            "Owner": each.owner,
            "Protocol": each.protocol,
            "Endpoint": each.endpoint,
            "TopicArn": each.topic.arn,
        }
        for each in answer.result["Subscriptions"]
    ]
    return ActionResult({**answer.result, "Subscriptions": shown})


@fills(
    SNSResponse,
    "get_topic_attributes",
    service="sns",
    what=f"GetTopicAttributes with {', '.join(SHOWN)} and the numbers of subscriptions",
    why="moto does not show the former and shows 0 for the latter",
)
def get_topic_attributes(self: Any) -> Any:
    attributes = _topic_attributes(self).result["Attributes"]
    topic = self.backend.get_topic(self._get_param("TopicArn"))
    waiting = [
        subscription.attributes["PendingConfirmation"] for subscription in self.backend._get_topic_subscriptions(topic)
    ]
    shown = {name: getattr(topic, kept, default) for name, (kept, default) in SHOWN.items()}
    numbers = {"SubscriptionsPending": sum(waiting), "SubscriptionsConfirmed": len(waiting) - sum(waiting)}
    return ActionResult({"Attributes": {**attributes, **shown, **numbers}})
