"""When a pipeline starts by itself."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from mlproject.parameters import Schedule
from stacks.constructs.service_role import Grant, ServiceRole

# A start that AWS refuses is tried again for an hour, then dropped: an alarm tells it, and the next one comes in time.
# So there is nothing for a dead-letter queue to keep.
_RETRIES = 10
_RETRY_SECONDS = 3600


class PipelineSchedule(Construct):
    """A schedule of EventBridge Scheduler that starts a pipeline, in a group of its own.

    The group is what its role trusts and what Scheduler's metrics are about; a single schedule is neither:
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html

    Attributes:
        group_name: the group, which CloudFormation names.

    Args:
        schedule: when.
        pipeline_arn: what starts.
        role_name: the name of Scheduler's role.
        role_path: the path of roles that the platform demands.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        schedule: Schedule,
        pipeline_arn: str,
        role_name: str,
        role_path: str,
    ) -> None:
        super().__init__(scope, construct_id)
        group = scheduler.CfnScheduleGroup(self, "Group")
        role = ServiceRole(
            self,
            "Role",
            service="scheduler.amazonaws.com",
            account=cdk.Stack.of(self).account,
            source_arn=group.attr_arn,
            path=role_path,
            role_name=role_name,
            # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
            grants=[
                Grant(
                    sid="StartPipeline",
                    actions=["sagemaker:StartPipelineExecution"],
                    resources=[pipeline_arn],
                    reason="the schedule starts this pipeline and nothing else",
                )
            ],
        )
        scheduler.CfnSchedule(
            self,
            "Schedule",
            group_name=group.ref,
            schedule_expression=schedule.expression,
            schedule_expression_timezone=schedule.timezone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=pipeline_arn,
                role_arn=role.arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=_RETRY_SECONDS, maximum_retry_attempts=_RETRIES
                ),
            ),
        )
        self.group_name = group.ref
