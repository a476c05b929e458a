"""The HTTP layer, through boto3: shapes, codes, templates by URL."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from embedded_aws.cloudformation import install
from embedded_aws.cloudformation.actions import ACTIONS
from embedded_aws.cloudformation.templates import location
from tests.embedded_aws.moto_server import REGION, Services

pytestmark = pytest.mark.slow

Client = Any
TEMPLATE = {
    "Description": "a group and what it is called",
    "Parameters": {"Days": {"Type": "Number", "Default": 7}},
    "Resources": {
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "Days"}}},
        "Name": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Group"}}},
    },
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Group", "Arn"]}, "Export": {"Name": "group"}}},
}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
}


@pytest.fixture
def services(moto_services: Services) -> Services:
    """The worker's moto server, with nothing in it."""
    moto_services.reset()
    return moto_services


@pytest.fixture
def cloudformation(services: Services) -> Client:
    """A client of a fresh engine on the worker's moto server."""
    install(services.clients)
    return services("cloudformation")


def body(**changes: Any) -> str:
    return json.dumps({**TEMPLATE, **changes})


def refused(call: Callable[..., Any], **arguments: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    response = error.value.response
    return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_stack_is_created_described_updated_and_deleted(cloudformation: Client, services: Services) -> None:
    stack_id = cloudformation.create_stack(
        StackName="s",
        TemplateBody=body(),
        Parameters=[{"ParameterKey": "Days", "ParameterValue": "14"}],
        Tags=[{"Key": "team", "Value": "x"}],
        EnableTerminationProtection=True,
    )["StackId"]
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
    group = services("logs").describe_log_groups()["logGroups"][0]
    assert stack["StackId"] == stack_id
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Description"] == TEMPLATE["Description"]
    assert stack["Parameters"] == [{"ParameterKey": "Days", "ParameterValue": "14"}]
    assert stack["Outputs"] == [{"OutputKey": "Arn", "OutputValue": group["arn"], "ExportName": "group"}]
    assert stack["Tags"] == [{"Key": "team", "Value": "x"}]
    assert stack["EnableTerminationProtection"]
    assert group["retentionInDays"] == 14

    cloudformation.update_stack(
        StackName="s",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Days", "ParameterValue": "30"}],
    )
    assert services("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    assert refused(
        cloudformation.update_stack,
        StackName="s",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Days", "UsePreviousValue": True}],
    ) == ("ValidationError", "No updates are to be performed.", 400)

    assert "TerminationProtection is enabled" in refused(cloudformation.delete_stack, StackName="s")[1]
    cloudformation.update_termination_protection(StackName="s", EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName="s")
    assert services("logs").describe_log_groups()["logGroups"] == []
    assert refused(cloudformation.describe_stacks, StackName="s") == (
        "ValidationError",
        "Stack with id s does not exist",
        400,
    )
    assert cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
    assert cloudformation.describe_stacks()["Stacks"] == []
    assert [s["StackStatus"] for s in cloudformation.list_stacks()["StackSummaries"]] == ["DELETE_COMPLETE"]
    assert cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"] == []


def test_resources_events_and_template_can_be_read(cloudformation: Client) -> None:
    cloudformation.create_stack(StackName="s", TemplateBody=body())
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert [(event["LogicalResourceId"], event["ResourceStatus"]) for event in events] == [
        ("s", "CREATE_COMPLETE"),
        ("Name", "CREATE_COMPLETE"),
        ("Name", "CREATE_IN_PROGRESS"),
        ("Group", "CREATE_COMPLETE"),
        ("Group", "CREATE_IN_PROGRESS"),
        ("s", "CREATE_IN_PROGRESS"),
    ]
    times = [event["Timestamp"] for event in events]
    assert times == sorted(set(times), reverse=True)
    assert json.loads(events[3]["ResourceProperties"]) == {"RetentionInDays": "7"}
    listed = cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"]
    described = cloudformation.describe_stack_resources(StackName="s")["StackResources"]
    assert [entry["LogicalResourceId"] for entry in listed] == ["Group", "Name"]
    assert {entry["PhysicalResourceId"] for entry in listed} == {entry["PhysicalResourceId"] for entry in described}
    one = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="Group")["StackResourceDetail"]
    assert one["ResourceType"] == "AWS::Logs::LogGroup"
    by_id = cloudformation.describe_stack_resources(PhysicalResourceId=one["PhysicalResourceId"])["StackResources"]
    assert by_id[0]["StackName"] == "s"
    template = cloudformation.get_template(StackName="s")["TemplateBody"]
    assert template == TEMPLATE
    assert cloudformation.list_exports()["Exports"][0]["Name"] == "group"
    assert cloudformation.describe_events(StackName="s", Filters={"FailedEvents": True})["OperationEvents"] == []
    assert cloudformation.get_stack_policy(StackName="s").get("StackPolicyBody") is None


def test_a_change_set_goes_its_way(cloudformation: Client, services: Services) -> None:
    named = {"ChangeSetName": "cdk-deploy-change-set", "StackName": "s"}
    cloudformation.create_change_set(**named, ChangeSetType="CREATE", TemplateBody=body(), ImportExistingResources=True)
    described = cloudformation.describe_change_set(**named)
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert [change["ResourceChange"]["Action"] for change in described["Changes"]] == ["Add", "Add"]
    assert cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS"
    cloudformation.execute_change_set(**named)
    assert cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"

    resources = json.loads(body())["Resources"]
    resources["Group"]["Properties"]["LogGroupName"] = "named"
    cloudformation.create_change_set(
        **named, TemplateBody=body(Resources=resources), DeploymentConfig={"Mode": "STANDARD"}
    )
    described = cloudformation.describe_change_set(**named, IncludePropertyValues=True)
    group, name = (change["ResourceChange"] for change in described["Changes"])
    assert (group["Action"], group["Replacement"], group["PolicyAction"]) == ("Modify", "True", "ReplaceAndDelete")
    assert group["Details"][0]["Target"]["RequiresRecreation"] == "Always"
    assert json.loads(group["AfterContext"])["Properties"]["LogGroupName"] == "named"
    assert (name["Replacement"], name["Details"][0]["CausingEntity"]) == ("False", "Group")
    assert cloudformation.get_template(**named)["TemplateBody"]["Resources"] == resources
    assert [s["ChangeSetName"] for s in cloudformation.list_change_sets(StackName="s")["Summaries"]] == [
        "cdk-deploy-change-set"
    ]
    assert services("logs").describe_log_groups(logGroupNamePrefix="named")["logGroups"] == []
    cloudformation.delete_change_set(**named)
    cloudformation.delete_change_set(**named)
    code, _, status = refused(cloudformation.describe_change_set, **named)
    assert (code, status) == ("ChangeSetNotFound", 404)


def test_a_failure_is_told_with_its_cause_and_nothing_is_left(cloudformation: Client, services: Services) -> None:
    services("ssm").put_parameter(Name="/taken", Type="String", Value="x")
    resources = json.loads(body())["Resources"]
    resources["Name"]["Properties"]["Name"] = "/taken"
    cloudformation.create_stack(StackName="s", TemplateBody=body(Resources=resources))
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_events(StackName="s", Filters={"FailedEvents": True})["OperationEvents"]
    assert [event["LogicalResourceId"] for event in events] == ["Name"]
    assert "ParameterAlreadyExists" in events[0]["ResourceStatusReason"]
    assert services("logs").describe_log_groups()["logGroups"] == []
    cloudformation.delete_stack(StackName="s")
    assert services("ssm").get_parameter(Name="/taken")["Parameter"]["Value"] == "x"


def test_a_template_is_read_from_the_servers_own_s3(cloudformation: Client, services: Services) -> None:
    services("s3").create_bucket(Bucket="assets", CreateBucketConfiguration={"LocationConstraint": REGION})
    services("s3").put_object(Bucket="assets", Key="a folder/t.json", Body=body().encode())
    url = f"{services.endpoint}/assets/a%20folder/t.json"
    cloudformation.create_stack(StackName="s", TemplateURL=url)
    assert cloudformation.get_template_summary(TemplateURL=url)["ResourceTypes"] == [
        "AWS::Logs::LogGroup",
        "AWS::SSM::Parameter",
    ]
    missing = refused(cloudformation.create_stack, StackName="t", TemplateURL=f"{services.endpoint}/assets/no.json")
    assert missing[0] == "ValidationError"
    assert "S3 error: The specified key does not exist." in missing[1]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://localhost:5000/bucket/a/b.json", ("bucket", "a/b.json", None)),
        ("http://127.0.0.1:5000/bucket/b.json?versionId=7", ("bucket", "b.json", "7")),
        ("http://bucket.localhost:5000/a/b.json", ("bucket", "a/b.json", None)),
        ("https://s3.eu-west-1.amazonaws.com/bucket/b.json", ("bucket", "b.json", None)),
        ("https://bucket.s3.eu-west-1.amazonaws.com/b.json", ("bucket", "b.json", None)),
        ("https://bu.cket.s3-eu-west-1.amazonaws.com/b.json", ("bu.cket", "b.json", None)),
    ],
)
def test_a_templates_url_may_have_the_bucket_in_its_path_or_in_its_host(url: str, place: tuple[str, str, None]) -> None:
    assert location(url) == place


def test_a_stored_parameter_shows_its_name_and_its_value_and_is_taken_again(
    cloudformation: Client, services: Services
) -> None:
    services("ssm").put_parameter(Name="/days", Type="String", Value="7")
    parameters = {"Days": {"Type": "AWS::SSM::Parameter::Value<String>"}}
    cloudformation.create_stack(
        StackName="s",
        TemplateBody=body(Parameters=parameters),
        Parameters=[{"ParameterKey": "Days", "ParameterValue": "/days"}],
    )
    shown = {"ParameterKey": "Days", "ParameterValue": "/days", "ResolvedValue": "7"}
    assert cloudformation.describe_stacks(StackName="s")["Stacks"][0]["Parameters"] == [shown]
    services("ssm").put_parameter(Name="/days", Type="String", Value="30", Overwrite=True)
    cloudformation.create_change_set(
        StackName="s",
        ChangeSetName="c",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Days", "UsePreviousValue": True}],
    )
    cloudformation.execute_change_set(StackName="s", ChangeSetName="c")
    assert services("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 30


def test_what_is_not_done_is_refused_by_name_in_aws_shape(cloudformation: Client) -> None:
    assert refused(cloudformation.list_types) == (
        "InvalidAction",
        "The embedded AWS has no CloudFormation action ListTypes.",
        400,
    )
    for arguments in (
        {"StackPolicyBody": "{}"},
        {"DeploymentConfig": {"Mode": "EXPRESS"}},
        {"RollbackConfiguration": {"RollbackTriggers": [{"Arn": "a", "Type": "t"}]}},
    ):
        code, message, status = refused(cloudformation.create_stack, StackName="s", TemplateBody=body(), **arguments)
        assert (code, status) == ("ValidationError", 400)
        assert message.startswith("The embedded AWS")
    assert (
        "ChangeSetType IMPORT"
        in refused(
            cloudformation.create_change_set,
            StackName="s",
            ChangeSetName="c",
            ChangeSetType="IMPORT",
            TemplateBody=body(),
        )[1]
    )
    assert cloudformation.describe_stacks()["Stacks"] == []


def test_templates_that_aws_refuses_by_size_or_capability_are_refused(cloudformation: Client) -> None:
    large = body(Metadata={"filler": "x" * 51_200})
    assert "less than or equal to 51200" in refused(cloudformation.validate_template, TemplateBody=large)[1]
    roles = body(Resources={"Role": ROLE}, Outputs={})
    assert refused(cloudformation.create_stack, StackName="s", TemplateBody=roles)[:2] == (
        "InsufficientCapabilitiesException",
        "Requires capabilities : ['CAPABILITY_IAM']",
    )
    summary = cloudformation.get_template_summary(TemplateBody=roles)
    assert summary["Capabilities"] == ["CAPABILITY_IAM"]
    cloudformation.create_stack(StackName="s", TemplateBody=roles, Capabilities=["CAPABILITY_IAM"])
    validated = cloudformation.validate_template(TemplateBody=body())
    assert validated["Parameters"][0]["ParameterKey"] == "Days"


def test_regions_have_stacks_of_their_own(cloudformation: Client, services: Services) -> None:
    cloudformation.create_stack(StackName="s", TemplateBody=body())
    elsewhere = Services(services.endpoint, "eu-central-1")("cloudformation")
    assert elsewhere.describe_stacks()["Stacks"] == []
    stack_id = elsewhere.create_stack(StackName="s", TemplateBody=body())["StackId"]
    assert ":eu-central-1:" in stack_id


def test_a_request_that_no_sdk_would_send_gets_xml_and_no_page_of_html(
    cloudformation: Client, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setitem(ACTIONS, "ListExports", broken)
    code, message, status = refused(cloudformation.list_exports)
    assert (code, status) == ("InternalFailure", 400)
    assert "RuntimeError: a defect" in message
    credential = f"test/20260101/{REGION}/cloudformation/aws4_request"
    request = Request(  # noqa: S310  (our own server)
        services.endpoint,
        data=b"Action=Nonsense&Version=2010-05-15",
        headers={"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"},
    )
    with pytest.raises(Exception, match="400") as error, urlopen(request):  # noqa: S310
        pass
    assert b"<Code>InvalidAction</Code>" in error.value.read()  # type: ignore[attr-defined]
