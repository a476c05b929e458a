"""The costs of each stack: those of an idle deployment, and those of running notebooks and clusters.

Costs that depend on usage are not included: requests, stored and transferred data, jobs, logs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from mlproject.aws_rules.network_requirements import interfaces
from mlproject.aws_rules.prices import Price, PriceTable, product_prices
from mlproject.costs.line import HOURS_PER_MONTH, CostLine
from mlproject.names import MAIN_CLUSTER
from mlproject.parameters import Deployment, Emr, EmrServerless, Environment, NewNetwork, Operations, Serving
from mlproject.parameters.input_models.emr_serverless import INITIAL_WORKERS, WORKER_MEMORY_GB, WORKER_VCPUS


def idle_costs(deployment: Deployment, prices: PriceTable | None = None) -> tuple[CostLine, ...]:
    """Return the costs of a project's stacks in an environment, in deployment order.

    Args:
        deployment: the project in the environment.
        prices: the known prices. Default: those of the product.
    """
    return tuple(_deployment(deployment, prices or product_prices()))


def network_costs(
    environment: Environment, deployments: Sequence[Deployment], prices: PriceTable | None = None
) -> tuple[CostLine, ...]:
    """Return the costs of an environment's network, which its projects share.

    Args:
        environment: the environment.
        deployments: all projects in it.
        prices: the known prices. Default: those of the product.
    """
    network = environment.network
    if not isinstance(network, NewNetwork) and network.endpoints == "exist":
        return ()
    is_new = isinstance(network, NewNetwork)
    costs = StackLines(f"{environment.name}/network", environment.region, prices or product_prices())
    zones = len(network.zones) if isinstance(network, NewNetwork) else len(network.subnet_ids)
    # S3 has a gateway endpoint, which is free, in a new network, and an interface endpoint in an imported network.
    endpoints = len(interfaces(deployments)) + (0 if is_new else 1)
    lines = [
        costs.line(
            f"{endpoints} interface endpoints in {zones} zones",
            "interface-endpoint",
            quantity=endpoints * zones * HOURS_PER_MONTH,
        )
    ]
    if is_new:
        lines.append(costs.line("the flow logs' key", "kms-key"))
        lines.append(costs.free("VPC, subnets, S3's endpoint, flow logs of no traffic", _VPC))
    return tuple(lines)


_VPC = "https://aws.amazon.com/vpc/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_SAGEMAKER = "https://aws.amazon.com/sagemaker/pricing/"
_EMR = "https://aws.amazon.com/emr/pricing/"
# Server errors, client errors, latency.
_ENDPOINT_ALARMS = 3
_BUDGETS = "https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/"


def _deployment(deployment: Deployment, prices: PriceTable) -> Iterator[CostLine]:
    path, region = deployment.names.path, deployment.environment.region
    storage = StackLines(f"{path}/storage", region, prices)
    yield storage.line("the project's key", "kms-key")
    yield storage.free("buckets, while they are empty", _S3)
    if deployment.pipeline:
        pipeline = StackLines(f"{path}/pipeline", region, prices)
        yield pipeline.free("pipeline and models' registry, between executions", _SAGEMAKER)
    notebooks = StackLines(f"{path}/notebooks", region, prices)
    for notebook in deployment.notebooks:
        yield notebooks.line(f"volume of {notebook.name}", "notebook-volume", quantity=notebook.volume_gb)
        running = f"{notebook.name}, while it runs"
        machine = f"notebook/{notebook.instance_type}"
        yield notebooks.line(running, machine, per="hour", idle_minutes=notebook.idle_minutes)
    for name, cluster in deployment.clusters.items():
        label = "" if name == MAIN_CLUSTER else f"{name}: "
        yield from _cluster(StackLines(f"{path}/emr", region, prices), cluster, label=label)
    if deployment.emr_serverless:
        yield from _application(StackLines(f"{path}/emr-serverless", region, prices), deployment.emr_serverless)
    if deployment.operations:
        yield from _operations(StackLines(f"{path}/operations", region, prices), deployment, deployment.operations)
    if deployment.serving:
        yield from _serving(StackLines(f"{path}/serving", region, prices), deployment, deployment.serving)


def _cluster(stack: StackLines, emr: Emr, *, label: str) -> Iterator[CostLine]:
    """Yield the costs of a cluster, which terminates when idle. The price of EMR is in addition to that of EC2.

    Args:
        stack: the stack of the cluster.
        emr: parameters of the cluster.
        label: start of the text of each line.
    """
    yield stack.free(f"{label}no cluster: it ends after {emr.idle_minutes} minutes without work", _EMR)
    nodes = _on_demand_nodes(emr)
    spot = Counter({fleet.first_type: fleet.nodes(fleet.spot_units) for fleet in emr.fleets if fleet.spot_units})
    # The price of Spot changes with supply and demand: https://aws.amazon.com/ec2/spot/pricing/
    for node, count, market, assumption in (
        *((node, count, "", "") for node, count in nodes.items()),
        *((node, count, " on Spot", ", at the On-Demand price") for node, count in spot.items()),
    ):
        machines = f"{count} x {node}{market}"
        prices = {
            f"ec2/{node}": f"{machines}{assumption}, while the cluster is up",
            f"emr/{node}": f"EMR's fee for {machines}",
        }
        for item, what in prices.items():
            yield stack.line(f"{label}{what}", item, quantity=count, per="hour", idle_minutes=emr.idle_minutes)
    gigabytes = Decimal(emr.volume_gb * (nodes.total() + spot.total())) / HOURS_PER_MONTH
    volumes = f"{label}the nodes' volumes for data"
    yield stack.line(volumes, "ebs-gp3", quantity=gigabytes, per="hour", idle_minutes=emr.idle_minutes)


def _application(stack: StackLines, application: EmrServerless) -> Iterator[CostLine]:
    """Yield the costs of an application: those of the workers with which a job starts, for as long as it runs."""
    yield stack.free("application, while no job runs", _EMR)
    for what, item, quantity in initial_workers(application):
        yield stack.line(f"{what}, while jobs run", item, quantity=quantity, per="hour", idle_minutes=0)


def initial_workers(application: EmrServerless) -> Iterator[tuple[str, str, int]]:
    """Yield what the workers with which a job starts use in an hour: description, name of the price, quantity."""
    vcpus = min(INITIAL_WORKERS * WORKER_VCPUS, application.maximum_vcpus)
    memory = min(INITIAL_WORKERS * WORKER_MEMORY_GB, application.maximum_memory_gb)
    service = "emr-serverless-arm" if application.architecture == "arm64" else "emr-serverless"
    yield f"{vcpus} vCPUs", f"{service}/vcpu", vcpus
    yield f"{memory} GB of memory", f"{service}/gb", memory


def _on_demand_nodes(emr: Emr) -> Counter[str]:
    """Return the On-Demand nodes of a cluster that has not grown. EMR chooses the types of a fleet: here, the first."""
    nodes = Counter([emr.primary_instance_type])
    if emr.core_instance_type:
        nodes[emr.core_instance_type] += emr.core_count
    for fleet in emr.fleets:
        if fleet.on_demand_units:
            nodes[fleet.first_type] += fleet.nodes(fleet.on_demand_units)
    return nodes


def _operations(stack: StackLines, deployment: Deployment, operations: Operations) -> Iterator[CostLine]:
    # One rule each for failures of the pipeline, the notebooks and the cluster, for approved models that can be
    # promoted, and for those that are promoted on approval. Each has an alarm for what it cannot deliver.
    pipeline = bool(deployment.pipeline)
    rules = pipeline + bool(deployment.notebooks) + bool(deployment.emr) + bool(deployment.promoted_to)
    rules += bool(deployment.approval_pipeline)
    libraries = any(notebook.libraries for notebook in deployment.notebooks)
    alarms = pipeline + rules + bool(operations.schedule) + libraries
    yield stack.line(f"{alarms} alarms", "alarm", quantity=alarms)
    yield stack.line("dashboard", "dashboard")
    yield stack.free("topic, rules, schedule and budget, while they send nothing", _BUDGETS)


def _serving(stack: StackLines, deployment: Deployment, serving: Serving) -> Iterator[CostLine]:
    endpoint, batch = serving.endpoint, serving.batch
    if endpoint and endpoint.instance_type:
        count = endpoint.instance_count or 1
        yield stack.line(
            f"{count} x {endpoint.instance_type} of the endpoint, day and night",
            f"hosting/{endpoint.instance_type}",
            quantity=count * HOURS_PER_MONTH,
        )
    elif endpoint:
        yield stack.free("serverless endpoint, while it answers no request", _SAGEMAKER)
    # Those of the endpoint exist in any case; those of the batch transform only if somebody is notified.
    notified = bool(deployment.operations) and batch is not None
    alarms = (_ENDPOINT_ALARMS if endpoint else 0) + (1 + bool(batch and batch.schedule) if notified else 0)
    if alarms:
        yield stack.line(f"{alarms} alarms", "alarm", quantity=alarms)
    if batch:
        yield stack.free("batch pipeline and its schedule, between executions", _SAGEMAKER)


class StackLines:
    """Creates the cost lines of one stack."""

    def __init__(self, name: str, region: str, prices: PriceTable) -> None:
        self._name = name
        self._region = region
        self._prices = prices

    def line(
        self,
        what: str,
        item: str,
        *,
        quantity: Decimal | int = 1,
        per: Literal["month", "hour"] = "month",
        idle_minutes: int | None = None,
    ) -> CostLine:
        return CostLine(
            stack=self._name,
            what=what,
            per=per,
            quantity=Decimal(quantity),
            price=self._prices.price(item, region=self._region),
            idle_minutes=idle_minutes,
            item=item,
        )

    def unknown(self, what: str) -> CostLine:
        """Return a line for resources whose price depends on what only AWS knows."""
        return CostLine(stack=self._name, what=what, per="month", quantity=Decimal(1), price=None)

    def free(self, what: str, page: str) -> CostLine:
        """Return a line for resources that are free while idle, according to this pricing page."""
        free = Price(usd=Decimal(0), unit="month", date="not stated", source=page)
        return CostLine(stack=self._name, what=what, per="month", quantity=Decimal(1), price=free)
