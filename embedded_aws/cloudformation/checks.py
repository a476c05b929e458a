"""What is wrong with a template before anything is created, in AWS's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.graph import Reference, creation_order, find_dependencies, references
from embedded_aws.cloudformation.intrinsics import Scope
from embedded_aws.cloudformation.template import ResourceDefinition, Template
from embedded_aws.live_properties.registry import SYSTEM_TAG
from embedded_aws.resource_rules import ResourceRules, UnknownTypeError, property_findings
from embedded_aws.resources.handler import Properties

PSEUDO_PARAMETERS = frozenset(
    {
        "AWS::AccountId",
        "AWS::NoValue",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)


def check_template(template: Template, context: EngineContext) -> None:
    """Refuse what can be refused without a value.

    Raises:
        CloudFormationError: an unknown type, name, condition or attribute; resources that need each other.
    """
    _check_types(template, context)
    _check_functions(template)
    for definition in template.resources.values():
        _check_names(definition, template)
        for reference in references(definition.properties):
            _check_reference(reference, template, context, "Resources")
    for output in template.outputs.values():
        if "Value" not in output:
            raise CloudFormationError("Template format error: Every Outputs member must contain a Value object")
        _check_condition(output.get("Condition"), template, "Outputs")
        for reference in references([output["Value"], output.get("Export")]):
            _check_reference(reference, template, context, "Outputs")
    creation_order(find_dependencies(template.resources))


def _check_types(template: Template, context: EngineContext) -> None:
    unknown = sorted({d.type_name for d in template.resources.values() if not _known(d.type_name, context)})
    if unknown:
        raise CloudFormationError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _check_functions(template: Template) -> None:
    """Refuse every Lambda function but those that carry out CDK's own custom resources: a handler does their work."""
    resources = template.resources
    serving = {
        _function_of(definition.properties.get("ServiceToken"))
        for definition in resources.values()
        if definition.type_name.startswith("Custom::")
    }
    layers = {
        reference.name
        for name in serving & set(resources)
        for reference in references(resources[name].properties.get("Layers"))
    }
    refused = sorted(
        definition.logical_id
        for definition in resources.values()
        if definition.type_name in ("AWS::Lambda::Function", "AWS::Lambda::LayerVersion")
        and definition.logical_id not in serving | layers
    )
    if refused:
        raise CloudFormationError(
            "Template error: the embedded AWS runs no Lambda functions. It accepts those that carry out CDK's own "
            f"custom resources, and their layers, but not these: {', '.join(refused)}"
        )


def _function_of(token: object) -> str:
    """The function that a ServiceToken names in the same template."""
    match token:
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::GetAtt": str(path)}:
            return path.removesuffix(".Arn")
    return ""


def _known(type_name: str, context: EngineContext) -> bool:
    if type_name not in context.handlers:
        return False
    try:
        context.rules(type_name)
    except UnknownTypeError:
        return False
    return True


def _check_names(definition: ResourceDefinition, template: Template) -> None:
    unknown = sorted(name for name in definition.depends_on if name not in template.resources)
    if unknown:
        raise _unresolved(unknown, "Resources")
    _check_condition(definition.condition, template, "Resources")


def _check_condition(name: str | None, template: Template, block: str) -> None:
    if name is not None and name not in template.conditions:
        raise CloudFormationError(
            f"Template format error: Unresolved condition dependency {name} in the {block} block of the template"
        )


def _unresolved(names: list[str], block: str) -> CloudFormationError:
    return CloudFormationError(
        f"Template format error: Unresolved resource dependencies [{', '.join(names)}] in the {block} block of the "
        f"template"
    )


def _check_reference(reference: Reference, template: Template, context: EngineContext, block: str) -> None:
    name, attribute = reference.name, reference.attribute
    if attribute is None:
        if name not in template.resources and name not in template.parameters and name not in PSEUDO_PARAMETERS:
            raise _unresolved([name], block)
        return
    if name not in template.resources:
        raise CloudFormationError(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
    if attribute and not context.rules(template.resources[name].type_name).readable(attribute):
        raise CloudFormationError(
            f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
        )


class PropertiesError(CloudFormationError):
    """A resource's properties are refused."""


def check_properties(
    definition: ResourceDefinition, properties: Properties, rules: ResourceRules, context: EngineContext
) -> None:
    """Refuse properties that do not exist, are missing, or that the handler does not apply, and tags of AWS itself.

    Args:
        properties: resolved; values that are not known yet are passed over.

    Raises:
        PropertiesError: naming the resource and each property.
    """
    findings = property_findings(rules, properties)
    if findings:
        raise PropertiesError(
            f"Properties validation failed for resource {definition.logical_id} with message: {'; '.join(findings)}"
        )
    reserved = sorted(key for key in _tag_keys(rules, properties) if key.lower().startswith(SYSTEM_TAG))
    if reserved:
        raise PropertiesError(
            f"Properties validation failed for resource {definition.logical_id} with message: tag keys that begin with "
            f"aws: are reserved for AWS: {', '.join(reserved)}"
        )
    unsupported = context.handlers[definition.type_name].unsupported(properties)
    if unsupported:
        raise PropertiesError(
            f"Properties validation failed for resource {definition.logical_id} with message: the embedded AWS does "
            f"not apply these properties of {definition.type_name}: {', '.join(unsupported)}"
        )


def _tag_keys(rules: ResourceRules, properties: Properties) -> Iterator[str]:
    """The keys of the resource's tags that are known already.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
    """
    given = properties.get(rules.tag_property) if rules.tag_property else None
    keys = given if isinstance(given, Mapping) else (tag.get("Key") for tag in given or () if isinstance(tag, Mapping))
    yield from (key for key in keys if isinstance(key, str))


def check_rules(rules: Mapping[str, Mapping[str, object]], scope: Scope) -> None:
    """Evaluate the template's section Rules.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html

    Raises:
        CloudFormationError: with the description of each assertion that fails.
    """
    failed = list(_failed_assertions(rules, scope))
    if failed:
        raise CloudFormationError(f"Template error: {'; '.join(failed)}")


def _failed_assertions(rules: Mapping[str, Mapping[str, object]], scope: Scope) -> Iterator[str]:
    for name, rule in rules.items():
        if "RuleCondition" in rule and not scope.holds(rule["RuleCondition"]):
            continue
        assertions = rule.get("Assertions", [])
        for assertion in assertions if isinstance(assertions, list) else []:
            if not scope.holds(assertion["Assert"]):
                yield str(assertion.get("AssertDescription", f"the rule {name} does not hold"))
