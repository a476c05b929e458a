"""The events and metrics that SageMaker sends when a pipeline execution changes its status."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from embedded_aws.service_metrics import count

# https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
DETAIL_TYPE = "SageMaker Model Building Pipeline Execution Status Change"
# Metrics by the new status.
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-pipelines
_NAMESPACE = "AWS/Sagemaker/ModelBuildingPipeline"
_METRICS = {
    "Executing": "ExecutionStarted",
    "Failed": "ExecutionFailed",
    "Stopped": "ExecutionStopped",
    "Succeeded": "ExecutionSucceeded",
}


def announce(account: str, region: str, execution: Any, *, previous: str) -> None:
    """Send the event to the rules of the account's default bus, and publish the metric of the status.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        execution: moto's, with its new status.
        previous: the status before.
    """
    from moto.events.models import events_backends  # moto takes long to import

    detail = {
        "pipelineExecutionDescription": execution.pipeline_execution_description or "",
        "pipelineExecutionDisplayName": execution.pipeline_execution_display_name or "",
        "currentPipelineExecutionStatus": execution.pipeline_execution_status,
        "previousPipelineExecutionStatus": previous,
        "executionStartTime": _time(execution.creation_time),
        "executionEndTime": _time(execution.last_modified_time),
        "pipelineArn": execution.arn.rpartition("/execution/")[0],
        "pipelineExecutionArn": execution.arn,
    }
    event = {
        "Source": "aws.sagemaker",
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(detail),
        "Resources": [detail["pipelineArn"], detail["pipelineExecutionArn"]],
        "Time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    events_backends[account][region].put_events([event])
    if metric := _METRICS.get(execution.pipeline_execution_status):
        name = detail["pipelineArn"].rpartition("/")[2]
        count(account, region, namespace=_NAMESPACE, metric=metric, dimensions={"PipelineName": name})


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
