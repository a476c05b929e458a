"""Types that a template may have: those with a schema; Lambda functions of CDK's own custom resources only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from embedded_aws.cloudformation.checks import check_template
from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.template import parse
from embedded_aws.resource_rules import ResourceRules, UnknownTypeError
from embedded_aws.resource_rules.rules import rules_of_schema
from tests.embedded_aws.cloudformation.fake_service import ACCOUNT, REGION, FakeService, ItemHandler

FUNCTION, LAYER = "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"
TYPES = (FUNCTION, LAYER, "Custom::Copy", "AWS::Other::Thing")


def context() -> EngineContext:
    schema = {"properties": {"ServiceToken": {}, "Layers": {}, "Arn": {}}, "readOnlyProperties": ["/properties/Arn"]}
    return EngineContext(
        client=FakeService(),
        handlers=dict.fromkeys(TYPES, ItemHandler()),
        account=ACCOUNT,
        region=REGION,
        import_value=str,
        check_exports=lambda *_: None,
        rules=lambda name: rules_of_schema({"typeName": name, **schema}),
    )


def check(**resources: tuple[str, dict[str, Any]]) -> None:
    body = {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in resources.items()}
    check_template(parse({"Resources": body}), context())


@pytest.mark.parametrize("token", [{"Fn::GetAtt": ["Provider", "Arn"]}, {"Fn::GetAtt": "Provider.Arn"}])
def test_the_function_of_a_custom_resource_and_its_layers_are_accepted(token: Any) -> None:
    check(
        Copy=("Custom::Copy", {"ServiceToken": token}),
        Provider=(FUNCTION, {"Layers": [{"Ref": "Tools"}]}),
        Tools=(LAYER, {}),
    )


def test_any_other_function_or_layer_is_refused_by_name() -> None:
    with pytest.raises(CloudFormationError, match=r"runs no Lambda functions.*, but not these: Mine, Others$"):
        check(
            Copy=("Custom::Copy", {"ServiceToken": {"Fn::GetAtt": ["Provider", "Arn"]}}),
            Provider=(FUNCTION, {}),
            Mine=(FUNCTION, {}),
            Others=(LAYER, {}),
        )


def test_a_function_is_not_accepted_because_something_else_names_it() -> None:
    with pytest.raises(CloudFormationError, match=r"but not these: Provider$"):
        check(
            Thing=("AWS::Other::Thing", {"ServiceToken": {"Fn::GetAtt": ["Provider", "Arn"]}}),
            Provider=(FUNCTION, {}),
        )


def test_a_type_with_a_handler_and_without_a_schema_is_unknown() -> None:
    def unknown(name: str) -> ResourceRules:
        raise UnknownTypeError(name)

    with pytest.raises(CloudFormationError, match=r"Unrecognized resource types: \[AWS::Other::Thing\]"):
        check_template(parse({"Resources": {"A": {"Type": "AWS::Other::Thing"}}}), replace(context(), rules=unknown))
