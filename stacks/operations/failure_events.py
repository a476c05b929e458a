"""EventBridge rules that send messages about events, and the events of failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_events as events
from constructs import Construct, IDependable

from mlproject.parameters import Deployment


@dataclass(frozen=True, kw_only=True)
class EventMessage:
    """Pattern of an event, and the message to send.

    Args:
        name: id of the construct.
        description: description of the rule.
        source: service that sends the event, such as `aws.sagemaker`.
        detail_type: type of the event.
        detail: pattern of the event's details.
        paths: JSON paths of the placeholders in the message.
        message: lines of the message, with placeholders `<name>`.
        unsent_runbook: name of the runbook for the alarm on messages that could not be sent.
    """

    name: str
    description: str
    source: str
    detail_type: str
    detail: Mapping[str, Any]
    paths: Mapping[str, str]
    message: Sequence[str]
    unsent_runbook: str

    @property
    def pattern(self) -> dict[str, Any]:
        return {"source": [self.source], "detail-type": [self.detail_type], "detail": dict(self.detail)}

    @property
    def template(self) -> str:
        """Message as an input template of EventBridge, with each line in quotes.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
        """
        return "\n".join(f'"{line}"' for line in self.message)


def failure_events(deployment: Deployment, *, partition: str) -> list[EventMessage]:
    """Return the failure events of a deployment: pipeline, notebooks and clusters.

    Failed jobs of a pipeline send no separate message, since the pipeline fails with them.

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.
    """
    found = [_pipeline(deployment, partition=partition)] if deployment.pipeline else []
    if deployment.notebooks:
        found.append(_notebooks(deployment))
    if deployment.emr:
        found.append(_clusters(deployment))
    return found


def _pipeline(deployment: Deployment, *, partition: str) -> EventMessage:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html"""
    region, account = deployment.environment.region, deployment.environment.account
    pipeline = f"arn:{partition}:sagemaker:{region}:{account}:pipeline/{deployment.names.pipeline}"
    return EventMessage(
        name="PipelineFailed",
        description=f"The pipeline of {_deployment_name(deployment)} failed",
        source="aws.sagemaker",
        detail_type="SageMaker Model Building Pipeline Execution Status Change",
        detail={"pipelineArn": [pipeline], "currentPipelineExecutionStatus": ["Failed"]},
        paths={"execution": "$.detail.pipelineExecutionArn", "time": "$.time"},
        message=[
            f"The pipeline of {_deployment_name(deployment)} failed at <time>.",
            "Execution: <execution>",
            "Failed step and reason:",
            f"aws sagemaker list-pipeline-execution-steps --region {region} --pipeline-execution-arn <execution>",
        ],
        unsent_runbook="pipeline-failure-unsent",
    )


def _notebooks(deployment: Deployment) -> EventMessage:
    """See the page above. The message omits the reason, since quotes in it would break the template."""
    return EventMessage(
        name="NotebookFailed",
        description=f"A notebook of {_deployment_name(deployment)} failed",
        source="aws.sagemaker",
        detail_type="SageMaker Notebook Instance State Change",
        detail={
            "NotebookInstanceName": [deployment.names.notebook(notebook.name) for notebook in deployment.notebooks],
            "NotebookInstanceStatus": ["Failed"],
        },
        paths={"notebook": "$.detail.NotebookInstanceName", "time": "$.time"},
        message=[
            f"The notebook <notebook> of {_deployment_name(deployment)} failed at <time>.",
            "Reason:",
            f"aws sagemaker describe-notebook-instance --region {deployment.environment.region} "
            "--notebook-instance-name <notebook> --query FailureReason",
        ],
        unsent_runbook="notebook-failure-unsent",
    )


def _clusters(deployment: Deployment) -> EventMessage:
    """Event of the clusters, matched by the prefixes of their names (see stacks/emr/stack.py).

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-cloudwatch-events.html
    """
    prefixes = [f"{deployment.names.cluster(name)}-{each.generation}-" for name, each in deployment.clusters.items()]
    return EventMessage(
        name="ClusterFailed",
        description=f"The EMR cluster of {_deployment_name(deployment)} terminated with errors",
        source="aws.emr",
        detail_type="EMR Cluster State Change",
        detail={"name": [{"prefix": each} for each in prefixes], "state": ["TERMINATED_WITH_ERRORS"]},
        paths={"cluster": "$.detail.clusterId", "message": "$.detail.message", "time": "$.time"},
        message=[
            f"The EMR cluster <cluster> of {_deployment_name(deployment)} terminated with errors at <time>.",
            "Message from EMR: <message>",
            "Reason:",
            f"aws emr describe-cluster --region {deployment.environment.region} --cluster-id <cluster> "
            "--query Cluster.Status.StateChangeReason",
        ],
        unsent_runbook="cluster-failure-unsent",
    )


def _deployment_name(deployment: Deployment) -> str:
    return f"{deployment.project} in {deployment.environment.name}"


class EventRule(Construct):
    """Rule that sends a message about an event to a topic.

    Attributes:
        name: name generated by CloudFormation.

    Args:
        event: the event.
        topic_arn: topic that receives the message.
        after: resource that must exist before the first event, such as the topic's policy.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, event: EventMessage, topic_arn: str, after: IDependable
    ) -> None:
        super().__init__(scope, construct_id)
        rule = events.CfnRule(
            self,
            "Rule",
            description=event.description,
            event_pattern=event.pattern,
            targets=[
                events.CfnRule.TargetProperty(
                    id="topic",
                    arn=topic_arn,
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map=dict(event.paths), input_template=event.template
                    ),
                )
            ],
        )
        rule.node.add_dependency(after)
        self.name = rule.ref
