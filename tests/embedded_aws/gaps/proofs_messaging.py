"""The proofs of the gaps in SQS and in EventBridge's buses."""

from __future__ import annotations

import json

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, Services


@proves("Queue._set_attributes")
def a_queue_keeps_its_policy_and_has_one_encryption(services: Services, name: str) -> None:
    sqs = services("sqs")
    policy = json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]})
    queue = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "1", "KmsMasterKeyId": "alias/aws/sqs"})
    shown = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert shown["Policy"] == policy
    assert shown["SqsManagedSseEnabled"] == "false"
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"SqsManagedSseEnabled": "true"})
    shown = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert "KmsMasterKeyId" not in shown
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
    assert "Policy" not in sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"]).get("Attributes", {})


@proves("SQSBackend.get_queue_attributes")
def a_queue_shows_who_may_use_it_for_dead_letters(services: Services, name: str) -> None:
    sqs = services("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = {"QueueUrl": queue, "AttributeNames": ["RedriveAllowPolicy"]}
    assert "Attributes" not in sqs.get_queue_attributes(**asked)
    allowed = json.dumps({"redrivePermission": "denyAll"})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedriveAllowPolicy": allowed})
    assert sqs.get_queue_attributes(**asked)["Attributes"] == {"RedriveAllowPolicy": allowed}
    assert sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"].keys() > {
        "QueueArn",
        "RedriveAllowPolicy",
    }


def bus(services: Services, name: str) -> str:
    """A bus of this name; its ARN."""
    arn: str = services("events").create_event_bus(Name=name)["EventBusArn"]
    return arn


@proves("EventsHandler.update_event_bus")
def a_bus_is_changed(services: Services, name: str) -> None:
    events = services("events")
    bus(services, name)
    events.update_event_bus(Name=name, Description="one", KmsKeyIdentifier="alias/one")
    events.update_event_bus(Name=name, Description="two", DeadLetterConfig={"Arn": f"arn:aws:sqs:::{name}"})
    shown = events.describe_event_bus(Name=name)
    assert (shown["Description"], shown["KmsKeyIdentifier"]) == ("two", "alias/one")
    assert shown["DeadLetterConfig"] == {"Arn": f"arn:aws:sqs:::{name}"}
    refused("ResourceNotFoundException", events.update_event_bus, Name=f"{name}-other")


@proves("EventsBackend.delete_event_bus")
def a_bus_with_rules_is_not_deleted(services: Services, name: str) -> None:
    events = services("events")
    bus(services, name)
    events.put_rule(Name=name, EventBusName=name, EventPattern='{"source": ["a"]}')
    refused("ValidationException", events.delete_event_bus, Name=name)
    events.delete_rule(Name=name, EventBusName=name)
    events.delete_event_bus(Name=name)


@proves("EventBus.add_permission")
def statements_of_a_bus_may_have_one_principal(services: Services, name: str) -> None:
    events = services("events")
    bus(services, name)
    for statement in ("one", "two"):
        given = {"Action": "events:PutEvents", "Principal": "*", "StatementId": statement}
        events.put_permission(EventBusName=name, **given)
    statements = json.loads(events.describe_event_bus(Name=name)["Policy"])["Statement"]
    assert [(each["Sid"], each["Principal"]) for each in statements] == [("one", "*"), ("two", "*")]


@proves("EventBus.add_policy")
def a_policy_of_a_bus_replaces_the_one_before(services: Services, name: str) -> None:
    events = services("events")
    resource = bus(services, name)
    for account in (ACCOUNT, "111111111111"):
        statement = {"Sid": account, "Effect": "Allow", "Principal": {"AWS": account}, "Action": "events:PutEvents"}
        policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": resource}]}
        events.put_permission(EventBusName=name, Policy=json.dumps(policy))
    statements = json.loads(events.describe_event_bus(Name=name)["Policy"])["Statement"]
    assert [each["Sid"] for each in statements] == ["111111111111"]


@proves("EventsHandler.create_archive", "EventsHandler.update_archive", "Archive.describe", "Archive.update")
def an_archive_keeps_its_key_and_loses_what_is_taken_away(services: Services, name: str) -> None:
    events = services("events")
    archive = {"ArchiveName": name}
    pattern = '{"source": ["a"]}'
    settings = {"Description": "one", "EventPattern": pattern, "RetentionDays": 3, "KmsKeyIdentifier": "alias/one"}
    events.create_archive(**archive, EventSourceArn=bus(services, name), **settings)
    shown = events.describe_archive(**archive)
    assert shown["KmsKeyIdentifier"] == "alias/one"
    events.update_archive(**archive, KmsKeyIdentifier="alias/two")
    shown = events.describe_archive(**archive)
    assert (shown["Description"], shown["RetentionDays"], shown["KmsKeyIdentifier"]) == ("one", 3, "alias/two")
    events.update_archive(**archive, Description="", EventPattern="", RetentionDays=0, KmsKeyIdentifier="")
    shown = events.describe_archive(**archive)
    assert shown["RetentionDays"] == 0
    assert not {"Description", "EventPattern", "KmsKeyIdentifier"} & {*shown}


def connection(services: Services, name: str, key: str = "one") -> str:
    """A connection with an API key; its ARN."""
    parameters = {
        "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": key},  # pragma: allowlist secret
        "InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-A", "Value": "hidden", "IsValueSecret": True}]},
    }
    made = services("events").create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=parameters)
    arn: str = made["ConnectionArn"]
    return arn


@proves("EventsBackend.create_connection")
def a_connection_is_not_replaced_by_another_of_its_name(services: Services, name: str) -> None:
    connection(services, name)
    refused("ResourceAlreadyExistsException", connection, services=services, name=name)


@proves("EventsBackend.update_connection")
def a_changed_key_is_in_the_secret_of_the_connection(services: Services, name: str) -> None:
    connection(services, name)
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "two"}}  # pragma: allowlist secret
    services("events").update_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=key)
    secret = services("events").describe_connection(Name=name)["SecretArn"]
    value = services("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    expected = {"api_key_name": "X-Key", "api_key_value": "two"}  # pragma: allowlist secret
    assert json.loads(value) == expected


@proves("Connection.describe")
def a_connection_does_not_show_its_secrets(services: Services, name: str) -> None:
    connection(services, name)
    shown = services("events").describe_connection(Name=name)["AuthParameters"]
    assert shown == {
        "ApiKeyAuthParameters": {"ApiKeyName": "X-Key"},  # pragma: allowlist secret
        "InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-A", "IsValueSecret": True}]},
    }


@proves("EventsBackend.create_api_destination", "EventsBackend.update_api_destination")
def an_api_destination_has_a_connection_and_an_https_url(services: Services, name: str) -> None:
    events = services("events")
    given = {"Name": name, "HttpMethod": "POST", "ConnectionArn": connection(services, name)}
    refused("ValidationException", events.create_api_destination, **given, InvocationEndpoint="http://a.example.com")
    given["InvocationEndpoint"] = "https://a.example.com"
    other = {**given, "ConnectionArn": f"arn:aws:events:eu-west-1:{ACCOUNT}:connection/{name}-other/0"}
    refused("ResourceNotFoundException", events.create_api_destination, **other)
    events.create_api_destination(**given)
    refused("ResourceAlreadyExistsException", events.create_api_destination, **given)
    refused("ValidationException", events.update_api_destination, Name=name, InvocationEndpoint="http://a.example.com")
    events.update_api_destination(Name=name, InvocationEndpoint="https://b.example.com")
    assert events.describe_api_destination(Name=name)["InvocationEndpoint"] == "https://b.example.com"
