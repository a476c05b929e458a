"""Templates: read back, summed up, validated."""

from __future__ import annotations

from embedded_aws.cloudformation import templates
from embedded_aws.cloudformation.actions.registry import Parameters, action
from embedded_aws.cloudformation.actions.requests import template_text
from embedded_aws.cloudformation.change_sets import find_change_set
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.response_shapes import Shape
from embedded_aws.cloudformation.template import Template, parse


@action
def get_template(engine: Engine, given: Parameters) -> Shape:
    template = _kept_template(engine, given)
    return {"TemplateBody": template.text, "StagesAvailable": ["Original", "Processed"]}


def _kept_template(engine: Engine, given: Parameters) -> Template:
    if given.get("ChangeSetName"):
        return find_change_set(engine, given["ChangeSetName"], given.get("StackName"))[1].settings.template
    return engine.get(given["StackName"]).settings.template


@action
def get_template_summary(engine: Engine, given: Parameters) -> Shape:
    if given.get("StackName"):
        return templates.summary(engine.get(given["StackName"]).settings.template)
    return templates.summary(parse(template_text(engine, given)))


@action
def validate_template(engine: Engine, given: Parameters) -> Shape:
    summary = templates.summary(parse(template_text(engine, given)))
    return {name: summary[name] for name in ("Parameters", "Description", "Capabilities", "CapabilitiesReason")}


@action
def get_stack_policy(engine: Engine, given: Parameters) -> Shape:
    """No stack has a policy: SetStackPolicy is refused, since nothing here would enforce one."""
    engine.get(given["StackName"])
    return {}
