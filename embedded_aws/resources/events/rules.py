"""AWS::Events."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

_TARGET = (
    "Arn",
    "DeadLetterConfig",
    "Id",
    "Input",
    "InputPath",
    "InputTransformer",
    "RetryPolicy",
    "RoleArn",
    "SageMakerPipelineParameters",
    "SqsParameters",
)


@handler
class Rule(Handler):
    type_name = "AWS::Events::Rule"
    ARGUMENTS = ("Description", "EventBusName", "EventPattern", "RoleArn", "ScheduleExpression", "State")
    supported = frozenset({"Name", "Tags", *ARGUMENTS, *(f"Targets.{member}" for member in _TARGET)})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.report_generated_name(limit=64)
        bus = pick(properties, "EventBusName")
        if any(rule["Name"] == name for rule in call(context, "events", "ListRules", NamePrefix=name, **bus)["Rules"]):
            # PutRule would change the rule that exists.
            raise HandlerError(f"the rule {name} already exists")
        arn = call(context, "events", "PutRule", Name=name, Tags=tags(properties), **pick(properties, *self.ARGUMENTS))[
            "RuleArn"
        ]
        context.report_id(name)
        self._put_targets(context, name, properties)
        return {"Arn": arn, "RuleName": name}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        # PutRule replaces the whole rule but its targets and tags.
        arn = call(context, "events", "PutRule", Name=physical_id, **pick(new, *self.ARGUMENTS))["RuleArn"]
        if changed(old, new, "Targets"):
            kept = {target["Id"] for target in new.get("Targets") or []}
            gone = [target["Id"] for target in old.get("Targets") or [] if target["Id"] not in kept]
            self._remove_targets(context, physical_id, new, gone)
            self._put_targets(context, physical_id, new)
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "events", "UntagResource", ResourceARN=arn, TagKeys=keys),
            add=lambda _: call(context, "events", "TagResource", ResourceARN=arn, Tags=tags(new)),
        )
        return {"Arn": arn, "RuleName": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html: targets go first.
        bus = pick(properties, "EventBusName")
        targets = call(context, "events", "ListTargetsByRule", Rule=physical_id, **bus)["Targets"]
        self._remove_targets(context, physical_id, properties, [target["Id"] for target in targets])
        call(context, "events", "DeleteRule", Name=physical_id, **bus)

    def _put_targets(self, context: Context, name: str, properties: Properties) -> None:
        if targets := properties.get("Targets"):
            bus = pick(properties, "EventBusName")
            _all_done(call(context, "events", "PutTargets", Rule=name, Targets=targets, **bus))

    def _remove_targets(self, context: Context, name: str, properties: Properties, ids: list[str]) -> None:
        if ids:
            bus = pick(properties, "EventBusName")
            _all_done(call(context, "events", "RemoveTargets", Rule=name, Ids=ids, **bus))


def _all_done(answer: dict[str, Any]) -> None:
    """These calls answer 200 although some of the targets failed."""
    if failed := answer["FailedEntries"]:
        raise HandlerError(f"{failed[0]['TargetId']}: {failed[0]['ErrorMessage']}")
