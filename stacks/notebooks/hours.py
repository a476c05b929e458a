"""Schedules that start and stop notebooks at their hours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from mlproject.aws_rules.grants import Grant
from mlproject.parameters import Hours
from stacks.constructs.service_role import ServiceRole

# A start fails if the instance is running, and a stop if it is stopped, which people and the idle stop cause every day.
# A later repetition would stop an instance that somebody has started meanwhile, and an alarm would report nothing new.
_RETRIES = 3
_RETRY_SECONDS = 300
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
_TARGET = "arn:{partition}:scheduler:::aws-sdk:sagemaker:{operation}"


class NotebookHours(Construct):
    """Two schedules for each notebook, in their own schedule group, with a role for exactly these notebooks.

    The trust policy of a role refers to the group:
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html.
    They are deleted with the stack, so that nothing starts a notebook that is retained.

    Args:
        hours: the hours by the name of the notebook instance in AWS.
        role_name: name of the role.
        role_path: path of the role.
        grants: permissions of the role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        hours: Mapping[str, Hours],
        role_name: str,
        role_path: str,
        grants: Sequence[Grant],
    ) -> None:
        super().__init__(scope, construct_id)
        self._group = scheduler.CfnScheduleGroup(self, "Group")
        self._role_arn = ServiceRole(
            self,
            "Role",
            service="scheduler.amazonaws.com",
            account=cdk.Stack.of(self).account,
            source_arn=self._group.attr_arn,
            path=role_path,
            role_name=role_name,
            grants=grants,
        ).arn
        for notebook, each in hours.items():
            self._schedule(notebook, "Start", "startNotebookInstance", each.start_expression, each.timezone)
            self._schedule(notebook, "Stop", "stopNotebookInstance", each.stop_expression, each.timezone)

    def _schedule(self, notebook: str, what: str, operation: str, expression: str, timezone: str) -> None:
        scheduler.CfnSchedule(
            self,
            f"{what}-{notebook}",
            group_name=self._group.ref,
            schedule_expression=expression,
            schedule_expression_timezone=timezone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=_TARGET.format(partition=cdk.Stack.of(self).partition, operation=operation),
                input=json.dumps({"NotebookInstanceName": notebook}),
                role_arn=self._role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=_RETRY_SECONDS, maximum_retry_attempts=_RETRIES
                ),
            ),
        )
