"""EventBridge."""

from __future__ import annotations

import json
from typing import Any

from moto.events.models import EventPattern, EventsBackend, Rule
from moto.events.responses import EventsHandler
from moto.events.utils import EventTemplateParser
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

from mlproject.embedded_aws.gaps._registry import fills

_put_rule = EventsBackend.put_rule
_send = Rule.send_to_targets


@fills(
    EventsBackend,
    "put_rule",
    service="events",
    what="PutRule, which leaves the tags of a rule that exists alone",
    why="moto adds them",
)
def put_rule(self: Any, name: str, *, tags: Any = None, event_bus_arn: str | None = None, **rest: Any) -> Any:
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    bus = self.event_buses.get(self._normalize_event_bus_arn(event_bus_arn))
    exists = bus is not None and name in bus.rules
    return _put_rule(self, name, tags=None if exists else tags, event_bus_arn=event_bus_arn, **rest)


@fills(
    EventsHandler,
    "test_event_pattern",
    service="events",
    what="TestEventPattern",
    why="moto does not know it",
)
def test_event_pattern(self: Any) -> str:
    pattern = EventPattern.load(self._get_param("EventPattern"))
    return json.dumps({"Result": pattern.matches_event(json.loads(self._get_param("Event")))})


@fills(
    Rule,
    "send_to_targets",
    service="events",
    what="events that reach SNS topics, by rules that are enabled only",
    why="moto has no topics among its targets: PutEvents fails with a 500; and it does not look at the rule's state",
)
def send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
    if self.state == "DISABLED":
        return
    topics = [target for target in self.targets if parse_arn(target["Arn"]).service == "sns"]
    others = [target for target in self.targets if target not in topics]
    if topics and self.event_pattern.matches_event(original_event):
        for target in topics:
            _publish(target, original_event)
    if others:
        _send(_OnlyTargets(self, others), original_event, transform_input)


class _OnlyTargets:
    """A rule as moto's own function sees it: with some of its targets."""

    def __init__(self, rule: Any, targets: list[Any]) -> None:
        self._rule = rule
        self.targets = targets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rule, name)


def _publish(target: Any, event: Any) -> None:
    transformer = target.get("InputTransformer", {})
    message = target.get("Input") or EventTemplateParser.parse(
        input_template=transformer.get("InputTemplate"),
        input_paths_map=transformer.get("InputPathsMap", {}),
        event=event,
    )
    topic = parse_arn(target["Arn"])
    text = message if isinstance(message, str) else json.dumps(message)
    sns_backends[topic.account][topic.region].publish(message=text, arn=target["Arn"])
