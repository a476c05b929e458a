"""A resource whose creation succeeds without an answer, although only the answer names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from embedded_aws.cloudformation import Engine
from embedded_aws.cloudformation.errors import CloudFormationError
from tests.embedded_aws.moto_server import Services, running_services
from tests.embedded_aws.resources.readers import READERS
from tests.properties.faults import Answer, Fault, Injector, faulty_engine

KEY: Mapping[str, Any] = {"Type": "AWS::KMS::Key", "DeletionPolicy": "RetainExceptOnCreate"}
PARAMETER: Mapping[str, Any] = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
QUERY = "AWS::Athena::NamedQuery"
# Properties of resources whose name the template gives. Athena takes a name more than once.
NAMED: Mapping[str, Mapping[str, Any]] = {
    QUERY: {"Database": "db", "Name": "mine", "QueryString": "SELECT 1"},
    "AWS::DynamoDB::Table": {
        "TableName": "mine",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
    "AWS::Events::EventBusPolicy": {"Action": "events:PutEvents", "Principal": "111111111111", "StatementId": "mine"},
    "AWS::IAM::Role": {"RoleName": "mine", "AssumeRolePolicyDocument": TRUST},
    "AWS::S3::Bucket": {"BucketName": "mine"},
    "AWS::SQS::Queue": {"QueueName": "mine"},
}


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running_services(managed_policies=False) as found:
        yield found


@pytest.fixture
def injector(services: Services) -> Injector:
    services.reset()
    return Injector()


@pytest.fixture
def engine(services: Services, injector: Injector) -> Engine:
    return faulty_engine(services, injector)


def template(**resources: Mapping[str, Any]) -> dict[str, Any]:
    return {"Resources": resources}


def fail(injector: Injector, answer: Answer, *, call: int = 0) -> None:
    """Let a call of the creation of the resource `Subject` fail."""
    injector.calls.clear()
    injector.fault = Fault(logical_id="Subject", operation="create", call=call, answer=answer)


def test_a_resource_has_the_tags_of_cloudformation(services: Services, engine: Engine) -> None:
    stack = engine.create("stack", template(Subject=KEY), tags={"team": "x"})
    (key,) = READERS["AWS::KMS::Key"](services)
    tags = {each["TagKey"]: each["TagValue"] for each in services("kms").list_resource_tags(KeyId=key)["Tags"]}
    assert tags == {
        "team": "x",
        "aws:cloudformation:logical-id": "Subject",
        "aws:cloudformation:stack-id": stack.stack_id,
        "aws:cloudformation:stack-name": "stack",
    }
    assert READERS["AWS::KMS::Key"](services)[key]["Tags"] == [{"Key": "team", "Value": "x"}]


def test_a_key_without_an_answer_is_deleted_and_one_that_was_retained_is_not(
    services: Services, engine: Engine, injector: Injector
) -> None:
    engine.create("stack", template(Subject=KEY, Other=PARAMETER))
    engine.update("stack", template(Other=PARAMETER))
    retained = READERS["AWS::KMS::Key"](services).keys()
    assert len(retained) == 1
    fail(injector, "lost")
    assert engine.update("stack", template(Subject=KEY, Other=PARAMETER)).status == "UPDATE_ROLLBACK_COMPLETE"
    assert READERS["AWS::KMS::Key"](services).keys() == retained
    assert len(services("kms").list_keys()["Keys"]) == 2  # one of them is pending deletion


def test_a_key_of_another_stack_is_left_alone(services: Services, engine: Engine, injector: Injector) -> None:
    engine.create("other", template(Subject=KEY))
    others = READERS["AWS::KMS::Key"](services).keys()
    fail(injector, "lost")
    assert engine.create("stack", template(Subject=KEY)).status == "ROLLBACK_COMPLETE"
    assert READERS["AWS::KMS::Key"](services).keys() == others


@pytest.mark.parametrize("answer", ["refused", "lost", "server error"])
def test_a_resource_without_tags_is_found_by_its_properties(
    services: Services, engine: Engine, injector: Injector, answer: Answer
) -> None:
    key = services("kms").create_key()["KeyMetadata"]["KeyId"]
    services("kms").create_alias(AliasName="alias/other", TargetKeyId=key)
    alias = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/mine", "TargetKeyId": key}}
    fail(injector, answer)
    assert engine.create("stack", template(Subject=alias)).status == "ROLLBACK_COMPLETE"
    assert READERS["AWS::KMS::Alias"](services).keys() == {"alias/other"}


@pytest.mark.slow
@pytest.mark.parametrize("type_name", NAMED)
def test_a_resource_with_a_fixed_name_is_undone(
    services: Services, engine: Engine, injector: Injector, type_name: str
) -> None:
    subject = {"Type": type_name, "Properties": NAMED[type_name]}
    engine.create("counted", template(Subject=subject))
    (calls,) = (number for (_, operation), number in injector.calls.items() if operation == "create")
    engine.delete("counted")
    for call in range(calls):
        fail(injector, "lost", call=call)
        assert engine.create(f"stack{call}", template(Subject=subject)).status == "ROLLBACK_COMPLETE"
        assert READERS[type_name](services) == {}


@pytest.mark.slow
@pytest.mark.parametrize("type_name", NAMED)
def test_what_another_stack_has_is_left_alone_although_the_refusal_is_lost(
    services: Services, engine: Engine, injector: Injector, type_name: str
) -> None:
    subject = {"Type": type_name, "Properties": NAMED[type_name]}
    engine.create("other", template(Subject=subject))
    others = READERS[type_name](services)
    assert others
    for call in range(2):
        fail(injector, "lost", call=call)
        engine.create(f"stack{call}", template(Subject=subject))
        engine.delete(f"stack{call}")
        assert READERS[type_name](services) == others


@pytest.mark.parametrize("answer", [None, "refused", "lost", "server error"])
def test_an_alias_that_exists_is_left_alone(
    services: Services, engine: Engine, injector: Injector, answer: Answer | None
) -> None:
    key = services("kms").create_key()["KeyMetadata"]["KeyId"]
    services("kms").create_alias(AliasName="alias/mine", TargetKeyId=key)
    alias = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/mine", "TargetKeyId": key}}
    if answer:
        fail(injector, answer)
    assert engine.create("stack", template(Subject=alias)).status == "ROLLBACK_COMPLETE"
    assert READERS["AWS::KMS::Alias"](services).keys() == {"alias/mine"}


def test_none_of_two_resources_is_deleted_if_either_could_be_the_one(
    services: Services, engine: Engine, injector: Injector, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = READERS[QUERY]

    def with_a_twin(clients: Any) -> Any:
        shown = read(clients)
        return shown | {f"twin-of-{name}": actual for name, actual in shown.items()}

    monkeypatch.setitem(READERS, QUERY, with_a_twin)
    fail(injector, "lost")
    subject = {"Type": QUERY, "Properties": NAMED[QUERY]}
    assert engine.create("stack", template(Subject=subject)).status == "ROLLBACK_COMPLETE"
    assert len(read(services)) == 1


def describe_missing_key(services: Services) -> None:
    services("kms").describe_key(KeyId="none")


def look_up_missing_name(_: Services) -> None:
    raise KeyError("name")


@pytest.mark.parametrize("read", [describe_missing_key, look_up_missing_name])
def test_a_creation_fails_in_the_same_way_if_the_service_cannot_be_read(
    services: Services,
    engine: Engine,
    injector: Injector,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[Services], None],
) -> None:
    listed = READERS["AWS::KMS::Alias"]
    reads = iter([listed])

    def unreadable(clients: Any) -> Any:
        return next(reads, read)(clients)

    # It is read before the creation, too.
    monkeypatch.setitem(READERS, "AWS::KMS::Alias", unreadable)
    key = services("kms").create_key()["KeyMetadata"]["KeyId"]
    alias = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/mine", "TargetKeyId": key}}
    fail(injector, "lost")
    stack = engine.create("stack", template(Subject=alias))
    assert stack.status == "ROLLBACK_COMPLETE"
    failed = [event.reason for event in stack.events if event.status == "CREATE_FAILED"]
    assert ["Connection was closed" in (reason or "") for reason in failed] == [True]


def test_an_association_returns_to_its_route_table_although_the_answer_with_its_new_id_is_lost(
    services: Services, engine: Engine, injector: Injector
) -> None:
    def network(table: str) -> dict[str, Any]:
        vpc, subnet = {"Ref": "Vpc"}, {"CidrBlock": "10.0.0.0/24", "VpcId": {"Ref": "Vpc"}}
        association = {"RouteTableId": {"Ref": table}, "SubnetId": {"Ref": "Subnet"}}
        return template(
            Vpc={"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            Subnet={"Type": "AWS::EC2::Subnet", "Properties": subnet},
            **{name: {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": vpc}} for name in ("One", "Two")},
            Subject={"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": association},
        )

    engine.create("stack", network("One"))
    before = list(READERS["AWS::EC2::SubnetRouteTableAssociation"](services).values())
    injector.calls.clear()
    # The call before it asks for the present id.
    injector.fault = Fault(logical_id="Subject", operation="update", call=1, answer="lost")
    assert engine.update("stack", network("Two")).status == "UPDATE_ROLLBACK_COMPLETE"
    assert list(READERS["AWS::EC2::SubnetRouteTableAssociation"](services).values()) == before
    deleted = engine.delete("stack")
    assert deleted is not None
    assert deleted.status == "DELETE_COMPLETE"


@pytest.mark.parametrize("key", ["aws:cloudformation:stack-name", "AWS:team"])
def test_tags_of_aws_are_refused_in_templates_and_of_stacks(services: Services, engine: Engine, key: str) -> None:
    tagged = {"Type": "AWS::KMS::Key", "Properties": {"Tags": [{"Key": key, "Value": "x"}]}}
    reason = f"Subject .* tag keys that begin with aws: are reserved for AWS: {key}$"
    for content, tags in ((template(Subject=tagged), {}), (template(Subject=KEY), {key: "x"})):
        with pytest.raises(CloudFormationError, match=reason):
            engine.create("stack", content, tags=tags)
    assert engine.stacks == {}
    assert READERS["AWS::KMS::Key"](services) == {}
