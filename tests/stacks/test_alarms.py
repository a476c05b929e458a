"""Every alarm has its runbook, and its condition, caused in the embedded AWS, raises it and sends the message."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from embedded_aws.cloudformation import install
from embedded_aws.pipeline_executions import record_pipeline_execution
from tests.checkouts import ROOT
from tests.embedded_aws.moto_server import ACCOUNT, Services, running_services
from tests.stacks.assembly import Stack

pytestmark = pytest.mark.slow

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
DESCRIPTION_LIMIT = 1_024
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"


def test_the_description_of_every_alarm_links_a_runbook_in_both_languages_that_names_the_alarm(
    all_stacks: Mapping[str, Stack], serving_stacks: Mapping[str, Stack]
) -> None:
    linked: set[str] = set()
    for stack in (*all_stacks.values(), *serving_stacks.values()):
        for logical_id, alarm in stack.resources("AWS::CloudWatch::Alarm").items():
            description = alarm["Properties"]["AlarmDescription"]
            assert len(description) <= DESCRIPTION_LIMIT
            paths = re.findall(r"docs/(?:en|es)/runbooks/[a-z-]+\.md", description)
            assert [path.split("/")[1] for path in paths] == ["en", "es"]
            for path in paths:
                assert f"`{logical_id[:-8]}`" in (ROOT / path).read_text()
            linked |= set(paths)
    assert linked == {path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*/runbooks/*.md")}


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The operations stack of a project with everything, and a queue that receives its notifications.

    Args:
        services: of the embedded AWS.
        stack: the synthesized stack.
        topic_arn: the topic.
        queue_url: the queue.
        resources: physical ids by logical id.
    """

    services: Services
    stack: Stack
    topic_arn: str
    queue_url: str
    resources: Mapping[str, str]

    def state(self, alarm: str) -> str:
        name = self.resources[alarm]
        (shown,) = self.services("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        found: str = shown["StateValue"]
        return found

    def notified(self) -> list[str]:
        """The logical ids of the alarms whose messages have arrived since the last call."""
        names = {physical: logical for logical, physical in self.resources.items()}
        received = self.services("sqs").receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        for message in received.get("Messages", ()):
            self.services("sqs").delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        bodies = [each["Body"] for each in received.get("Messages", ())]
        alarms = [json.loads(body) for body in bodies if body.startswith("{")]
        assert all("docs/en/runbooks/" in alarm["AlarmDescription"] for alarm in alarms)
        return [names[alarm["AlarmName"]] for alarm in alarms if alarm["NewStateValue"] == "ALARM"]


@pytest.fixture(scope="module")
def deployed(example_stacks: Mapping[str, Stack]) -> Iterator[Deployed]:
    stack = example_stacks["owned/alpha/operations"]
    with running_services() as default:
        services = Services(default.endpoint, stack.region)
        services.reset()
        install(services.clients)
        key = services("kms").create_key()["KeyMetadata"]["Arn"]
        services("ssm").put_parameter(Name="/mlproject/owned/alpha/key-arn", Value=key, Type="String")
        services("secretsmanager").create_secret(Name="mlproject/owned/gitlab-token-2", SecretString="token")
        name = "alpha-owned-operations"
        text = json.dumps(stack.template).replace(stack.account, ACCOUNT)
        services("cloudformation").create_stack(
            StackName=name, TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        described = services("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
        resources = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in described}
        (topic,) = stack.resources("AWS::SNS::Topic")
        queue = services("sqs").create_queue(QueueName="received")["QueueUrl"]
        services("sns").subscribe(
            TopicArn=resources[topic],
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{stack.region}:{ACCOUNT}:received",
            Attributes={"RawMessageDelivery": "true"},
        )
        yield Deployed(services=services, stack=stack, topic_arn=resources[topic], queue_url=queue, resources=resources)
        services.reset()


def fail_pipeline(deployed: Deployed) -> None:
    """A failed execution of the project's pipeline, and a successful one of another."""
    sagemaker = deployed.services("sagemaker")
    for name, status in (("alpha-owned", "Failed"), ("beta-owned", "Succeeded")):
        sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": []}),
            RoleArn=ROLE,
            ClientRequestToken="0" * 32,
        )
        arn = sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
        record_pipeline_execution(deployed.stack.region, {"arn": arn, "status": status, "steps": []})


def fail_unreported(event: Mapping[str, Any]) -> Callable[[Deployed], None]:
    """A failure whose message the policy of the topic rejects."""

    def cause(deployed: Deployed) -> None:
        sns = deployed.services("sns")
        policy = sns.get_topic_attributes(TopicArn=deployed.topic_arn)["Attributes"]["Policy"]
        closed = json.dumps(json.loads(policy)).replace("events.amazonaws.com", "nobody.amazonaws.com")
        sns.set_topic_attributes(TopicArn=deployed.topic_arn, AttributeName="Policy", AttributeValue=closed)
        entry = {**event, "Detail": json.dumps(event["Detail"]).replace("REGION", deployed.stack.region)}
        deployed.services("events").put_events(Entries=[entry])
        sns.set_topic_attributes(TopicArn=deployed.topic_arn, AttributeName="Policy", AttributeValue=policy)

    return cause


def fail_promotion(deployed: Deployed) -> None:
    """Approved models of another project and of this one, whose pipeline cannot start: GitLab is not registered."""
    sagemaker = deployed.services("sagemaker")
    for group in ("beta-owned", "alpha-owned"):
        assert deployed.notified() == []
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
        sagemaker.create_model_package(ModelPackageGroupName=group, ModelApprovalStatus="Approved")


def fail_installation(deployed: Deployed) -> None:
    """What the tools of a notebook count, and the same of another project."""
    for project in ("beta", "alpha"):
        deployed.services("cloudwatch").put_metric_data(
            Namespace=f"mlproject/{project}-owned", MetricData=[{"MetricName": "FailedInstallations", "Value": 1}]
        )
        if project == "beta":
            assert deployed.notified() == []


def drop_start(deployed: Deployed) -> None:
    """What Scheduler counts when it gives up. The embedded AWS runs no schedules, so nothing else could count it."""
    (group,) = deployed.stack.resources("AWS::Scheduler::ScheduleGroup")
    dimensions = [{"Name": "ScheduleGroup", "Value": deployed.resources[group]}]
    datum = {"MetricName": "InvocationDroppedCount", "Dimensions": dimensions, "Value": 1}
    deployed.services("cloudwatch").put_metric_data(Namespace="AWS/Scheduler", MetricData=[datum])


CAUSES: Mapping[str, Callable[[Deployed], None]] = {
    "PipelineFailedAlarm": fail_pipeline,
    "PipelineFailedUntoldAlarm": fail_unreported(
        {
            "Source": "aws.sagemaker",
            "DetailType": "SageMaker Model Building Pipeline Execution Status Change",
            "Detail": {
                "pipelineArn": f"arn:aws:sagemaker:REGION:{ACCOUNT}:pipeline/alpha-owned",
                "currentPipelineExecutionStatus": "Failed",
            },
        }
    ),
    "NotebookFailedUntoldAlarm": fail_unreported(
        {
            "Source": "aws.sagemaker",
            "DetailType": "SageMaker Notebook Instance State Change",
            "Detail": {"NotebookInstanceName": "alpha-owned-explore", "NotebookInstanceStatus": "Failed"},
        }
    ),
    "ClusterFailedUntoldAlarm": fail_unreported(
        {
            "Source": "aws.emr",
            "DetailType": "EMR Cluster State Change",
            "Detail": {"name": "alpha-owned-3-0", "state": "TERMINATED_WITH_ERRORS"},
        }
    ),
    "PromotionNotStartedAlarm": fail_promotion,
    "NotStartedAlarm": drop_start,
    "InstallationFailedAlarm": fail_installation,
}


def test_each_alarm_is_raised_by_its_condition_alone_and_its_message_arrives(deployed: Deployed) -> None:
    # A logical id is the name of the construct and a hash of 8 characters.
    alarms = {logical_id[:-8]: logical_id for logical_id in deployed.stack.resources("AWS::CloudWatch::Alarm")}
    assert alarms.keys() == CAUSES.keys()
    for name, alarm in alarms.items():
        assert deployed.state(alarm) != "ALARM"
        CAUSES[name](deployed)
        assert deployed.state(alarm) == "ALARM"
        assert deployed.notified() == [alarm]


def test_a_message_that_is_delivered_raises_no_alarm(deployed: Deployed) -> None:
    before = {alarm: deployed.state(alarm) for alarm in deployed.stack.resources("AWS::CloudWatch::Alarm")}
    detail = {"NotebookInstanceName": "alpha-owned-explore", "NotebookInstanceStatus": "InService"}
    entry = {"Source": "aws.sagemaker", "DetailType": "SageMaker Notebook Instance State Change"}
    deployed.services("events").put_events(Entries=[{**entry, "Detail": json.dumps(detail)}])
    assert deployed.notified() == []
    assert {alarm: deployed.state(alarm) for alarm in before} == before


@pytest.fixture(scope="module")
def watched(deployed: Deployed, serving_stacks: Mapping[str, Stack]) -> Deployed:
    """The alarms of an endpoint and of a batch pipeline, which notify the same topic."""
    stack, services = serving_stacks["hosted/flights/serving"], deployed.services
    types = ("AWS::CloudWatch::Alarm", "AWS::Scheduler::ScheduleGroup")
    template = {"Parameters": stack.template["Parameters"], "Resources": stack.resources(*types)}
    used = json.dumps(template["Resources"])
    template["Parameters"] = {name: each for name, each in template["Parameters"].items() if f'"{name}"' in used}
    services("ssm").put_parameter(Name="/mlproject/hosted/flights/topic-arn", Value=deployed.topic_arn, Type="String")
    name = "flights-hosted-serving"
    services("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))
    described = services("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    resources = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in described}
    return replace(deployed, stack=stack, resources=resources)


def count(metric: str, *values: float) -> Callable[[Deployed], None]:
    """What SageMaker counts of the requests to the endpoint."""

    def cause(watched: Deployed) -> None:
        dimensions = [
            {"Name": "EndpointName", "Value": "flights-hosted-real-time"},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ]
        data = [{"MetricName": metric, "Dimensions": dimensions, "Value": value} for value in values]
        watched.services("cloudwatch").put_metric_data(Namespace="AWS/SageMaker", MetricData=data)

    return cause


def fail_batch(watched: Deployed) -> None:
    sagemaker = watched.services("sagemaker")
    definition = json.dumps({"Version": "2020-12-01", "Steps": []})
    sagemaker.create_pipeline(
        PipelineName="flights-hosted-batch", PipelineDefinition=definition, RoleArn=ROLE, ClientRequestToken="0" * 32
    )
    arn = sagemaker.start_pipeline_execution(PipelineName="flights-hosted-batch")["PipelineExecutionArn"]
    record_pipeline_execution(sagemaker.meta.region_name, {"arn": arn, "status": "Failed", "steps": []})


# One failure in 50 requests, one refusal in 10, and 2 s: the limits are 1 %, 5 % and 1 s.
SERVING_CAUSES: Mapping[str, Callable[[Deployed], None]] = {
    "AlarmsInvocation5XXErrors": count("Invocation5XXErrors", 1, *[0] * 49),
    "AlarmsInvocation4XXErrors": count("Invocation4XXErrors", 1, *[0] * 9),
    "AlarmsModelLatency": count("ModelLatency", 2_000_000),
    "BatchFailedAlarm": fail_batch,
    "BatchNotStartedAlarm": drop_start,
}


def test_each_alarm_of_serving_is_raised_by_its_condition_alone_and_its_message_arrives(watched: Deployed) -> None:
    alarms = {logical_id[:-8]: logical_id for logical_id in watched.stack.resources("AWS::CloudWatch::Alarm")}
    assert alarms.keys() == SERVING_CAUSES.keys()
    for metric, value in (("Invocation5XXErrors", 0.0), ("Invocation4XXErrors", 0.0), ("ModelLatency", 900_000.0)):
        count(metric, value)(watched)
    assert watched.notified() == []
    for name, alarm in alarms.items():
        assert watched.state(alarm) != "ALARM"
        SERVING_CAUSES[name](watched)
        assert watched.state(alarm) == "ALARM"
        assert watched.notified() == [alarm]
