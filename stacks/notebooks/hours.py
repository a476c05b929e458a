"""Schedules that start and stop notebooks at their hours."""

from __future__ import annotations

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from mlproject.aws_rules.grants import Grant
from mlproject.parameters import Deployment, Hours
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
        deployment: a deployment with at least one notebook with hours.
        grants: permissions of the role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        grants: Sequence[Grant],
    ) -> None:
        super().__init__(scope, construct_id)
        names = deployment.names
        self._group = scheduler.CfnScheduleGroup(self, "Group")
        self._role_arn = ServiceRole(
            self,
            "Role",
            service="scheduler.amazonaws.com",
            account=cdk.Stack.of(self).account,
            source_arn=self._group.attr_arn,
            path=deployment.environment.role_path,
            role_name=names.role("notebook-hours"),
            grants=grants,
        ).arn
        for notebook in deployment.notebooks:
            if notebook.hours:
                # A separate scope makes logical ids independent of the other notebooks and of the project's name.
                scope = Construct(self, notebook.name)
                self._schedules(scope, names.notebook(notebook.name), notebook.hours)

    def _schedules(self, scope: Construct, notebook: str, hours: Hours) -> None:
        for construct_id, operation, expression in (
            ("Start", "startNotebookInstance", hours.start_expression),
            ("Stop", "stopNotebookInstance", hours.stop_expression),
        ):
            scheduler.CfnSchedule(
                scope,
                construct_id,
                group_name=self._group.ref,
                schedule_expression=expression,
                schedule_expression_timezone=hours.timezone,
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
