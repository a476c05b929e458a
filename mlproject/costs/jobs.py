"""The costs of a pipeline's jobs in a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from mlproject.aws_rules.prices import PriceTable
from mlproject.costs.assumptions import Assumptions
from mlproject.costs.idle import StackLines, initial_workers
from mlproject.costs.line import HOURS_PER_MONTH, CostLine
from mlproject.definition import ClusterInstances, Definition, cluster_instances, job_instances, steps_of
from mlproject.parameters import Deployment, Schedule, Serving
from mlproject.parameters.schedule.frequency import runs_per_year

_MONTHS = 12
# Type of a step to the name of its jobs' prices. A Tuning step runs training jobs.
_PRICES: Mapping[str, str] = {
    "Processing": "processing",
    "Training": "training",
    "Transform": "transform",
    "Tuning": "training",
}
# Only these have volumes that a definition sizes: https://docs.aws.amazon.com/sagemaker/latest/APIReference/
_VOLUMES: Mapping[str, str] = {
    "Processing": "processing-volume",
    "Training": "training-volume",
    "Tuning": "training-volume",
}


def monthly_runs(schedule: Schedule | None) -> Decimal:
    """Return the executions that a schedule starts in an average month."""
    return _decimal(schedule.expression) if schedule else Decimal(0)


def pipeline_costs(
    deployment: Deployment, definition: Definition, assumptions: Assumptions, prices: PriceTable
) -> Iterator[CostLine]:
    """Yield the costs of the pipeline's executions: instances and volumes of its jobs, and of its steps' clusters.

    Every execution is assumed to run every step, also those of both branches of a condition, and none from the cache.
    """
    schedule = deployment.operations.schedule if deployment.operations else None
    runs = monthly_runs(schedule) + assumptions.manual_runs
    if not runs:
        return
    lines = StackLines(f"{deployment.names.path}/pipeline", deployment.environment.region, prices)
    instances: Counter[tuple[str, str]] = Counter()
    gigabytes: Counter[str] = Counter()
    for each in job_instances(definition, deployment.require_pipeline().parameters):
        instances[_PRICES[each.step_type], each.instance_type] += each.count * each.jobs
        if each.volume_gb and each.step_type in _VOLUMES:
            gigabytes[_VOLUMES[each.step_type]] += each.volume_gb * each.count * each.jobs
    hours = runs * assumptions.job_hours
    for (use, instance_type), count in instances.items():
        what = f"{_rounded(runs)} runs with {count} x {instance_type} for {use}"
        yield lines.line(what, f"{use}/{instance_type}", quantity=count * hours)
    for item, size in gigabytes.items():
        what = f"{_rounded(runs)} runs with {size} GB of {item.removesuffix('-volume')} volumes"
        yield lines.line(what, item, quantity=size * hours / HOURS_PER_MONTH)
    clusters = cluster_instances(definition, deployment.require_pipeline().parameters)
    yield from _cluster_costs(clusters, lines, runs=runs, hours=hours)
    if deployment.emr_serverless and deployment.spark_steps == "emr_serverless":
        steps = sum(step["Type"] == "EMRServerless" for step in steps_of(definition.document))
        for what, item, quantity in initial_workers(deployment.emr_serverless):
            used = f"{_rounded(runs)} runs with {steps} x {what} for Spark steps"
            yield lines.line(used, item, quantity=steps * quantity * hours)


def _cluster_costs(
    clusters: Sequence[ClusterInstances], lines: StackLines, *, runs: Decimal, hours: Decimal
) -> Iterator[CostLine]:
    """Yield the costs of the clusters that steps create. The price of EMR is in addition to that of EC2."""
    nodes = sum((Counter(each.nodes) for each in clusters), Counter[str]())
    for node, count in nodes.items():
        machines = f"{count} x {node}"
        yield lines.line(
            f"{_rounded(runs)} runs with {machines} for Spark steps", f"ec2/{node}", quantity=count * hours
        )
        yield lines.line(f"EMR's fee for {machines}", f"emr/{node}", quantity=count * hours)
    if size := sum(each.volume_gb for each in clusters):
        what = f"{_rounded(runs)} runs with {size} GB of the nodes' volumes"
        yield lines.line(what, "ebs-gp3", quantity=size * hours / HOURS_PER_MONTH)
    for each in clusters:
        if not each.nodes:
            cluster = f"the cluster of step {each.step}, whose types EMR or the run chooses"
            yield lines.unknown(f"{_rounded(runs)} runs of {cluster}")


def batch_costs(
    deployment: Deployment, serving: Serving, assumptions: Assumptions, prices: PriceTable
) -> Iterator[CostLine]:
    """Yield the costs of the batch transforms that a schedule starts."""
    batch = serving.batch
    if batch is None or batch.schedule is None:
        return
    runs = monthly_runs(batch.schedule)
    lines = StackLines(f"{deployment.names.path}/serving", deployment.environment.region, prices)
    yield lines.line(
        f"{_rounded(runs)} batch transforms with {batch.instance_count} x {batch.instance_type}",
        f"transform/{batch.instance_type}",
        quantity=runs * batch.instance_count * assumptions.job_hours,
    )


def _decimal(expression: str) -> Decimal:
    runs = runs_per_year(expression) / _MONTHS
    return Decimal(runs.numerator) / Decimal(runs.denominator)


def _rounded(runs: Decimal) -> str:
    return f"{round(runs, 1).normalize():f}"
