"""EventBridge."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.events.models import EventPattern, EventsBackend, Rule, events_backends
from moto.events.responses import EventsHandler
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

from embedded_aws.api_destinations.delivery import deliver
from embedded_aws.gaps._registry import fills
from embedded_aws.iam import context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Request, decide
from embedded_aws.iam.principal import Principal
from embedded_aws.iam.request_context import NEVER, every_request
from embedded_aws.iam.resource_policies import policies_of
from embedded_aws.iam.resources import AccountRegion
from embedded_aws.service_metrics import count

log = logging.getLogger(__name__)

_EVENTBRIDGE = "events.amazonaws.com"
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
    what="events that reach SNS topics whose policy allows it and registered API destinations that the target's role "
    "may call, by rules that are enabled only; the metric FailedInvocations counts the others",
    why="moto has no topics among its targets: PutEvents fails with a 500; it calls an API destination without input "
    "and credentials; and it does not look at the rule's state",
)
def send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
    if self.state == "DISABLED":
        return
    own = {target["Id"]: send for target in self.targets if (send := _sender(target))}
    others = [target for target in self.targets if target["Id"] not in own]
    if own and self.event_pattern.matches_event(original_event):
        for target in self.targets:
            if target["Id"] in own and not own[target["Id"]](self, target, original_event):
                _count_failure(self)
    if others:
        _send(_OnlyTargets(self, others), original_event, transform_input)


class _OnlyTargets:
    """A rule as moto's own function sees it: with some of its targets."""

    def __init__(self, rule: Any, targets: list[Any]) -> None:
        self._rule = rule
        self.targets = targets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rule, name)


def _sender(target: Mapping[str, Any]) -> Callable[[Any, Mapping[str, Any], Mapping[str, Any]], bool] | None:
    """What sends an event to a target; None if moto does."""
    arn = parse_arn(target["Arn"])
    if arn.service == "sns":
        return _publish
    return _call if (arn.service, arn.resource_type) == ("events", "api-destination") else None


def _call(rule: Any, target: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    backend = events_backends[rule.account_id][rule.region_name]
    return deliver(target, _message(target, event), rule_arn=rule.arn, backend=backend)


def _publish(_: Any, target: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Publish to a topic; False if the topic does not exist or does not allow EventBridge.

    EventBridge sends no condition keys of its own to SNS:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    """
    arn = target["Arn"]
    topic = parse_arn(arn)
    backend = sns_backends[topic.account][topic.region]
    if arn not in backend.topics:
        return False
    try:
        policies, _ = policies_of("sns:Publish", arn, AccountRegion(region=topic.region, account=topic.account))
    except UndecidableError as error:
        log.warning("EventBridge may not publish to %s: %s", arn, error)
        return False
    request = Request(
        action="sns:Publish",
        resource=arn,
        context=every_request(topic.region).also(context.of(dict.fromkeys(NEVER))),
        policies=policies,
    )
    if not decide(Principal(arn=_EVENTBRIDGE, account="", service=_EVENTBRIDGE), request).allowed:
        return False
    backend.publish(message=_message(target, event), arn=arn)
    return True


def _count_failure(rule: Any) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html"""
    dimensions = {"RuleName": rule.name}
    count(rule.account_id, rule.region_name, namespace="AWS/Events", metric="FailedInvocations", dimensions=dimensions)


def _message(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """What a target gets of an event.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(target["InputPath"], event))
    if transformer := target.get("InputTransformer"):
        values = {name: _at(path, event) for name, path in transformer.get("InputPathsMap", {}).items()}
        return _filled(transformer["InputTemplate"], values)
    return json.dumps(event)


_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
# A text in quotes, or a placeholder outside of them.
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|<([^<>\s]+)>')
_PLACEHOLDER = re.compile(r"<([^<>\s]+)>")


def _at(path: str, event: Any) -> Any:
    """The value at a path such as `$.detail.status` or `$.resources[0]`, or None."""
    for name, index in _STEP.findall(path):
        if name:
            event = event.get(name) if isinstance(event, Mapping) else None
        else:
            event = event[int(index)] if isinstance(event, list) and int(index) < len(event) else None
    return event


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """The template with its placeholders filled: nothing for what the event lacks; texts lose their quotes."""

    def bare(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return value if isinstance(value, str) else quoted(value)

    def quoted(value: Any) -> str:
        return "" if value is None else json.dumps(value)

    def part(match: re.Match[str]) -> str:
        return quoted(values.get(match[1])) if match[1] else _PLACEHOLDER.sub(bare, match[0])

    lines = _PART.sub(part, template).splitlines()
    return "\n".join(json.loads(line) if line.startswith('"') and line.endswith('"') else line for line in lines)
