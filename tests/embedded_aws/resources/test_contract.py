"""Every handler, driven by the engine, against what the service itself lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from embedded_aws.resource_rules import resource_rules
from embedded_aws.resources import HANDLERS
from tests.embedded_aws.resources.cases import CASES
from tests.embedded_aws.resources.harness import FAILING, Case, Driver, expected, plain
from tests.embedded_aws.resources.readers import READERS

every_case = pytest.mark.parametrize("case", CASES, ids=str)


def listed(case: Case, driver: Driver) -> dict[str, Any]:
    """What the service shows of the type, by physical id; without ids where an update in place gives another."""
    shown = READERS[case.type](driver.services)
    if case.moves:
        return {str(number): value for number, value in enumerate(sorted(map(str, map(plain, shown.values()))))}
    return {name: plain(value) for name, value in shown.items()}


def assert_shown(case: Case, driver: Driver) -> None:
    """The service lists the resource under its physical id, with every property that the template gives."""
    if case.type == "AWS::CDK::Metadata":
        assert driver.subject.physical_id
        return
    properties = driver.subject.properties
    shown = READERS[case.type](driver.services)
    name = case.listed_as(properties, driver.subject.physical_id)
    assert name in shown
    wanted = expected(case, properties, shown[name])
    assert {member: plain(shown[name].get(member)) for member in wanted} == wanted


def applied(driver: Driver, resources: Mapping[str, Any], status: str) -> None:
    assert driver.apply(resources) == status, driver.reasons()


def versions(case: Case) -> Iterator[Mapping[str, Any]]:
    yield from (version for version in (case.first, case.changed, case.replaced) if version is not None)


# A function is accepted with a custom resource only, which works on what other resources are: test_custom_resources.py.
DRIVEN = {name for name in HANDLERS if not name.startswith(("Custom::", "AWS::Lambda::"))}


def test_every_handler_has_a_case_and_a_reader() -> None:
    assert {case.type for case in CASES} == DRIVEN == set(READERS)


@pytest.mark.parametrize("type_name", sorted(DRIVEN))
def test_cases_hold_every_property_that_the_handler_applies(type_name: str) -> None:
    given = {path for case in CASES if case.type == type_name for v in versions(case) for path in paths(v)}
    untried = {path for path in HANDLERS[type_name].supported if path not in given}
    assert untried <= UNTRIED.get(type_name, set())


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    """Every path inside properties, lists looked into, as `supported` names them."""
    if isinstance(value, list):
        for item in value:
            yield from paths(item, prefix)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            path = f"{prefix}.{name}" if prefix else name
            yield path
            yield from paths(member, path)


# Other names for what a case tries: s3/test_translations.py. Another place for a definition: test_deletion.py.
UNTRIED = {
    "AWS::S3::Bucket": {
        "LifecycleConfiguration.Rules.ExpirationDate",
        "LifecycleConfiguration.Rules.NoncurrentVersionExpirationInDays",
        "LifecycleConfiguration.Rules.Transitions.TransitionDate",
    },
    "AWS::SageMaker::Pipeline": {
        f"PipelineDefinition.PipelineDefinitionS3Location.{name}" for name in ("Bucket", "Key", "Version")
    },
}


@every_case
def test_a_resource_is_created_changed_replaced_and_deleted(case: Case, driver: Driver) -> None:
    at_first = READERS[case.type](driver.services)
    if case.dependencies:
        applied(driver, case.dependencies, "CREATE_COMPLETE")
    before = listed(case, driver)

    applied(driver, case.resources(case.first), "UPDATE_COMPLETE" if case.dependencies else "CREATE_COMPLETE")
    assert_shown(case, driver)
    assert read_only_properties(case) <= set(driver.subject.attributes)
    assert driver.subject.physical_id == identifier(case, driver)
    created = driver.subject.physical_id

    if case.changed is not None:
        applied(driver, case.resources(case.changed), "UPDATE_COMPLETE")
        assert (driver.subject.physical_id == created) is not case.moves
        assert_shown(case, driver)
        applied(driver, case.resources(case.first), "UPDATE_COMPLETE")
        assert_shown(case, driver)
        created = driver.subject.physical_id

    if case.replaced is not None:
        applied(driver, case.resources(case.replaced), "UPDATE_COMPLETE")
        assert driver.subject.physical_id != created
        assert created not in READERS[case.type](driver.services)
        assert_shown(case, driver)

    if case.dependencies:
        applied(driver, case.dependencies, "UPDATE_COMPLETE")
        assert listed(case, driver) == before
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert READERS[case.type](driver.services) == at_first


def read_only_properties(case: Case) -> set[str]:
    """What Fn::GetAtt reads of the type, by its schema."""
    pointers = resource_rules(case.type).schema.get("readOnlyProperties", [])
    named = {pointer.split("/")[2] for pointer in pointers if pointer.count("/") == 2}
    return named - NOT_READ.get(case.type, set())


def identifier(case: Case, driver: Driver) -> str:
    """What Ref gives by the schema: the values of its primary identifier."""
    values = {**driver.subject.properties, **driver.subject.attributes}
    schema = resource_rules(case.type).schema
    return "|".join(values[pointer.split("/")[2]] for pointer in REF.get(case.type, schema["primaryIdentifier"]))


# Where Ref gives something else than the schema's identifier.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-rule.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-eip.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-glue-table.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-logstream.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-metricfilter.html
REF = {
    "AWS::EC2::EIP": ["/properties/PublicIp"],
    "AWS::Events::Rule": ["/properties/RuleName"],
    "AWS::Glue::Table": ["/properties/Name"],
    "AWS::Logs::LogStream": ["/properties/LogStreamName"],
    "AWS::Logs::MetricFilter": ["/properties/FilterName"],
}

# An attribute that moto does not know: Fn::GetAtt of it is an error that names it.
NOT_READ = {
    "AWS::EC2::NatGateway": {"AutoProvisionZones", "AutoScalingIps", "RouteTableId"},
    "AWS::IAM::ManagedPolicy": {"PermissionsBoundaryUsageCount"},
}


@every_case
def test_a_rollback_leaves_what_was_there_before(case: Case, driver: Driver) -> None:
    before = listed(case, driver)
    applied(driver, {**case.resources(case.first), "Failing": FAILING}, "ROLLBACK_COMPLETE")
    assert listed(case, driver) == before
    driver.delete()

    applied(driver, case.resources(case.first), "CREATE_COMPLETE")
    before = listed(case, driver)
    for version in (case.changed, case.replaced):
        if version is not None:
            applied(driver, {**case.resources(version), "Failing": FAILING}, "UPDATE_ROLLBACK_COMPLETE")
            assert listed(case, driver) == before


@pytest.mark.slow
@every_case
def test_what_somebody_deleted_counts_as_deleted_with_its_stack(case: Case, driver: Driver) -> None:
    before = READERS[case.type](driver.services)
    applied(driver, case.resources(case.first), "CREATE_COMPLETE")
    subject = driver.subject
    context = driver.engine.context.handler_context(driver.stack, subject.logical_id, suffix=subject.suffix)
    HANDLERS[case.type].delete(context, subject.physical_id, subject.properties)
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert READERS[case.type](driver.services) == before
