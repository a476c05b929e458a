"""CloudWatch dashboard of a project, rendered from its parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from mlproject.parameters import Deployment

# The grid has 24 columns.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
_COLUMNS = 24
_HEIGHT = 6
_DAY_SECONDS = 86_400
_FIVE_MINUTES = 300
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-pipelines
PIPELINES = "AWS/Sagemaker/ModelBuildingPipeline"

Widget = dict[str, Any]


class Dashboard(Construct):
    """Dashboard with a fixed name.

    Args:
        name: name of the dashboard.
        body: result of `dashboard_body`, for Fn::Sub.
        values: values of the placeholders `${...}` in the body.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, body: Mapping[str, Any], values: Mapping[str, str]
    ) -> None:
        super().__init__(scope, construct_id)
        text = json.dumps(body, separators=(",", ":"))
        cloudwatch.CfnDashboard(
            self, "Dashboard", dashboard_name=name, dashboard_body=cdk.Fn.sub(text, dict(values)) if values else text
        )


def dashboard_body(deployment: Deployment, *, alarms: Sequence[str]) -> dict[str, Any]:
    """Return the body of a project's dashboard: links, alarms, pipeline, buckets and clusters.

    Args:
        deployment: the project in an environment.
        alarms: ARNs of the alarms.
    """
    region = deployment.environment.region
    overview = [*([_alarms(alarms)] if alarms else []), _bucket_sizes(deployment)]
    rows = [[_text(_introduction(deployment))], overview]
    if deployment.pipeline:
        rows.append([_executions(deployment), _durations(deployment), _failed_steps(deployment)])
    if deployment.emr:
        rows.append([_clusters("Clusters without work (1: idle)", "IsIdle"), _clusters("Applications", "AppsRunning")])
    return {"widgets": [widget for y, row in enumerate(rows) for widget in _row(row, y * _HEIGHT, region=region)]}


def _row(widgets: Sequence[Widget], y: int, *, region: str) -> list[Widget]:
    width = _COLUMNS // len(widgets)
    return [
        {**_with_region(widget, region), "x": number * width, "y": y, "width": width, "height": _HEIGHT}
        for number, widget in enumerate(widgets)
    ]


def _with_region(widget: Widget, region: str) -> Widget:
    """Add the region, which only metric widgets have."""
    return (
        {**widget, "properties": {"region": region, **widget["properties"]}} if widget["type"] == "metric" else widget
    )


def _introduction(deployment: Deployment) -> str:
    names, region = deployment.names, deployment.environment.region
    console = f"https://{region}.console.aws.amazon.com"
    links = [
        *(
            (f"Bucket {use}", f"{console}/s3/buckets/{names.bucket(use)}?region={region}")
            for use in ("data", "artifacts")
        ),
        ("Budgets", "https://console.aws.amazon.com/costmanagement/home#/budgets"),
    ]
    if deployment.pipeline:
        log_groups = "log-groups$3FlogGroupNameFilter$3Dsagemaker"
        links.append(("Jobs", f"{console}/sagemaker/home?region={region}#/processing-jobs"))
        links.append(("Logs of the jobs", f"{console}/cloudwatch/home?region={region}#logsV2:{log_groups}"))
    if deployment.notebooks:
        links.append(("Notebooks", f"{console}/sagemaker/home?region={region}#/notebook-instances"))
    if deployment.emr:
        links.append(("Clusters", f"{console}/emr/home?region={region}#/clusters"))
    return "\n".join(
        [
            f"# {deployment.project} in {deployment.environment.name}",
            f"Owner {deployment.owner}, cost centre {deployment.cost_centre}, budget {_budget(deployment)}.",
            *([f"Pipeline and model package group: `{names.pipeline}`."] if deployment.pipeline else []),
            "",
            " | ".join(f"[{title}]({address})" for title, address in links),
        ]
    )


def _budget(deployment: Deployment) -> str:
    budget = deployment.operations.monthly_budget_usd if deployment.operations else None
    return "none" if budget is None else f"{budget} USD a month"


def _text(markdown: str) -> Widget:
    return {"type": "text", "properties": {"markdown": markdown}}


def _alarms(arns: Sequence[str]) -> Widget:
    return {"type": "alarm", "properties": {"title": "Alarms", "alarms": list(arns)}}


def _executions(deployment: Deployment) -> Widget:
    pipeline = deployment.names.pipeline
    counts = ("ExecutionStarted", "ExecutionSucceeded", "ExecutionFailed", "ExecutionStopped")
    return _metrics(
        "Executions of the pipeline, per day",
        [[PIPELINES, count, "PipelineName", pipeline, {"label": count.removeprefix("Execution")}] for count in counts],
        stat="Sum",
        period=_DAY_SECONDS,
    )


def _durations(deployment: Deployment) -> Widget:
    """Duration of executions in minutes. The metric has one value in milliseconds per execution."""
    metric = [PIPELINES, "ExecutionDuration", "PipelineName", deployment.names.pipeline]
    return _metrics(
        "Duration of an execution, minutes",
        [
            [*metric, {"id": "longest", "stat": "Maximum", "visible": False}],
            [*metric, {"id": "average", "stat": "Average", "visible": False}],
            [{"expression": "longest / 60000", "label": "Longest", "id": "longest_minutes"}],
            [{"expression": "average / 60000", "label": "Average", "id": "average_minutes"}],
        ],
        stat="Average",
        period=_DAY_SECONDS,
    )


def _failed_steps(deployment: Deployment) -> Widget:
    search = f'{{{PIPELINES},PipelineName,StepName}} PipelineName="{deployment.names.pipeline}" MetricName="StepFailed"'
    return _search("Failed steps, per day", search, stat="Sum", period=_DAY_SECONDS)


def _bucket_sizes(deployment: Deployment) -> Widget:
    """Sizes of buckets, which S3 publishes once a day per storage class.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
    """
    names = " OR ".join(f'"{deployment.names.bucket(use)}"' for use in ("data", "artifacts"))
    search = f'{{AWS/S3,BucketName,StorageType}} MetricName="BucketSizeBytes" BucketName=({names})'
    return _search("Size of the buckets, bytes", search, stat="Average", period=_DAY_SECONDS)


def _clusters(title: str, metric: str) -> Widget:
    """Metrics of all clusters in the account and region, since their only dimension is the id of the cluster.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/UsingEMR_ViewingMetrics.html
    """
    search = f'{{AWS/ElasticMapReduce,JobFlowId}} MetricName="{metric}"'
    return _search(f"{title}, all clusters of the account here", search, stat="Maximum", period=_FIVE_MINUTES)


def _search(title: str, search: str, *, stat: str, period: int) -> Widget:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html"""
    expression = f"SEARCH('{search}', '{stat}', {period})"
    return _metrics(title, [[{"expression": expression, "id": "found"}]], stat=stat, period=period)


def _metrics(title: str, metrics: Sequence[Sequence[Any]], *, stat: str, period: int) -> Widget:
    return {
        "type": "metric",
        "properties": {
            "title": title,
            "view": "timeSeries",
            "stat": stat,
            "period": period,
            "metrics": [list(metric) for metric in metrics],
        },
    }
