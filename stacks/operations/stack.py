"""Stack with the notifications, alarms, dashboard, budget and schedule of a project."""

from __future__ import annotations

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlproject.aws_rules.notebook_resources import metric_namespace
from mlproject.parameters import Deployment, Operations
from stacks.base import ProjectStack
from stacks.constructs.failure_alarm import FailureAlarm
from stacks.constructs.pipeline_schedule import PipelineSchedule
from stacks.operations.approval_events import approval_events
from stacks.operations.approval_rule import ApprovalRule
from stacks.operations.budget import MonthlyBudget
from stacks.operations.dashboard import PIPELINES, Dashboard, dashboard_body
from stacks.operations.failure_events import EventRule, failure_events
from stacks.operations.notifications import Notifications

# Cost allocation tags, which every project has.
COST_TAGS = ("project", "environment")


class OperationsStack(ProjectStack):
    """Notifications, alarms, dashboard, budget and schedule of a project in an environment.

    Args:
        deployment: the project in the environment.
        operations: parameters of notifications, budget and schedule.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, operations: Operations) -> None:
        environment, names = deployment.environment, deployment.names
        super().__init__(
            scope,
            "operations",
            deployment=deployment,
            description=(
                f"Notifications, alarms, dashboard, budget and schedule of {deployment.project} in {environment.name}. "
                "The budget shows 0 until the management account activates the cost allocation tags "
                f"{' and '.join(COST_TAGS)}. Each e-mail address must confirm its subscription."
            ),
            holds_data=False,
        )
        key_arn = self.shared_value(
            "KeyArn", names.parameter("key-arn"), description=f"The key of {names.prefix}, from its storage stack"
        )
        notifications = Notifications(
            self, "Notifications", display_name=names.prefix, key_arn=key_arn, emails=operations.emails
        )
        topic_arn = notifications.topic_arn
        ssm.CfnParameter(self, "TopicArn", name=names.parameter("topic-arn"), type="String", value=topic_arn)
        alarms: dict[str, FailureAlarm] = {}
        if deployment.pipeline:
            alarms["PipelineFailedAlarm"] = FailureAlarm(
                self,
                "PipelineFailedAlarm",
                description=(
                    f"The pipeline {names.pipeline} failed. A separate message contains the execution, but AWS sends "
                    "it only on a best-effort basis."
                ),
                runbook="pipeline-failed",
                namespace=PIPELINES,
                metric="ExecutionFailed",
                dimensions={"PipelineName": names.pipeline},
                topic_arn=topic_arn,
            )
        if any(notebook.libraries for notebook in deployment.notebooks):
            alarms["InstallationFailedAlarm"] = FailureAlarm(
                self,
                "InstallationFailedAlarm",
                description=(
                    f"A notebook of {names.prefix} could not install its libraries. It works without them, or with "
                    "those of an earlier list."
                ),
                runbook="installation-failed",
                # Published by lifecycle_scripts/tools/person/mlproject_notebook/logs.py. A metric filter on the log
                # group is not possible: the group belongs to SageMaker, is shared by the account, and does not exist
                # before the first notebook starts.
                namespace=metric_namespace(deployment),
                metric="FailedInstallations",
                dimensions={},
                topic_arn=topic_arn,
            )
        events = [*failure_events(deployment, partition=self.partition), *approval_events(deployment)]
        for event in events:
            rule = EventRule(self, event.name, event=event, topic_arn=topic_arn, after=notifications.policy)
            name = f"{event.name}UntoldAlarm"
            alarms[name] = FailureAlarm(
                self,
                name,
                description=f"{event.description}, and EventBridge could not send the message. Check the topic policy.",
                runbook=event.unsent_runbook,
                # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
                namespace="AWS/Events",
                metric="FailedInvocations",
                dimensions={"RuleName": rule.name},
                topic_arn=topic_arn,
            )
        if deployment.approval_pipeline:
            approval = ApprovalRule(self, "Approval", deployment=deployment, pipeline=deployment.approval_pipeline)
            alarms["PromotionNotStartedAlarm"] = FailureAlarm(
                self,
                "PromotionNotStartedAlarm",
                description=(
                    f"A model of {deployment.project} in {environment.name} was approved, and EventBridge could not "
                    "start the GitLab pipeline that promotes it. Promote it manually, then check the token."
                ),
                runbook="promotion-not-started",
                # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
                namespace="AWS/Events",
                metric="FailedInvocations",
                dimensions={"RuleName": approval.rule_name},
                topic_arn=topic_arn,
            )
        if operations.schedule:
            schedule = PipelineSchedule(
                self,
                "Schedule",
                schedule=operations.schedule,
                pipeline_arn=f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:pipeline/{names.pipeline}",
                role_name=names.role("schedule"),
                role_path=environment.role_path,
            )
            alarms["NotStartedAlarm"] = FailureAlarm(
                self,
                "NotStartedAlarm",
                description=(
                    f"The schedule could not start the pipeline {names.pipeline}. Start it manually, "
                    f"then check the role {names.role('schedule')}."
                ),
                runbook="pipeline-not-started",
                # https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
                namespace="AWS/Scheduler",
                metric="InvocationDroppedCount",
                dimensions={"ScheduleGroup": schedule.group_name},
                topic_arn=topic_arn,
            )
        Dashboard(
            self,
            "Dashboard",
            name=names.prefix,
            body=dashboard_body(deployment, alarms=[f"${{{name}}}" for name in alarms]),
            values={name: alarm.arn for name, alarm in alarms.items()},
        )
        if operations.monthly_budget_usd is not None:
            MonthlyBudget(
                self,
                "Budget",
                usd=operations.monthly_budget_usd,
                tags={tag: deployment.tags[tag] for tag in COST_TAGS},
                topic_arn=topic_arn,
                after=notifications.policy,
            )
