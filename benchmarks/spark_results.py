"""What follows from the results of the benchmark `spark`: costs on AWS, and from which size on Spark pays off."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.measurement import RESULTS
from benchmarks.training_guide import FLIGHTS_PER_YEAR, PRICED_REGION, USABLE_MEMORY
from mlproject.aws_rules.prices import price
from mlproject.instances import select_types

RESULT = RESULTS / "spark.json"
SPARK_CORES = 2
# A primary and a core node, the smallest cluster, of the type in docs/en/emr.md. EMR's fee comes in addition: its price
# is not in the price list.
NODE, NODES = "m5.xlarge", 2
# Seconds until a cluster can run a step, paid like the step. AWS publishes no number;
# https://alchemy.run/providers/aws/emr/cluster observes 10 to 15 minutes.
CLUSTER_START = 10 * 60
# The family of the largest machine that a processing job can have for pandas.
LARGE_FAMILY = "ml.r7i"


@dataclass(frozen=True, kw_only=True)
class Run:
    """The run of an engine with an amount of data.

    Args:
        engine: `pandas`, `duckdb` or `spark`.
        cores: number of cores.
        flights: number of flights.
        outcome: `finished`, `memory` or `time` (it exceeded a limit), or `error`.
        seconds: until it ended.
        peak_memory_gib: largest memory of all processes.
        error: the message of an error, otherwise empty.
        usd: cost of a run on AWS; None if it did not finish, or for Spark with one core.
        instance: type of the instance that the cost is for; empty without one.
    """

    engine: str
    cores: int
    flights: int
    outcome: str
    seconds: float
    peak_memory_gib: float
    error: str
    usd: Decimal | None
    instance: str

    @property
    def is_finished(self) -> bool:
        return self.outcome == "finished"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One machine and Spark with the same flights.

    Args:
        flights: number of flights.
        single: fastest run of pandas or DuckDB that finished, or None.
        spark: run of Spark.
    """

    flights: int
    single: Run | None
    spark: Run

    @property
    def ratio(self) -> float | None:
        """How many times the seconds of one machine Spark takes; a lower limit if Spark was stopped."""
        if self.single is None or self.spark.outcome not in {"finished", "time"}:
            return None
        return self.spark.seconds / self.single.seconds

    @property
    def cores_needed(self) -> int | None:
        """Cores of a cluster that is as fast as one machine, if the work of Spark divides perfectly."""
        return None if self.ratio is None else math.ceil(SPARK_CORES * self.ratio)

    @property
    def pays_off(self) -> bool:
        """Whether Spark finished, and one machine did not, or took longer than Spark with the start, or costs more."""
        if not self.spark.is_finished:
            return False
        if self.single is None:
            return True
        assert self.spark.usd is not None
        assert self.single.usd is not None
        is_faster = CLUSTER_START + self.spark.seconds < self.single.seconds
        return is_faster or self.spark.usd < self.single.usd


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far an engine comes with the memory and the time of the benchmark.

    Args:
        largest: largest run that finished, or None.
        failed: smallest run that did not, or None.
    """

    largest: Run | None
    failed: Run | None


def read_result() -> Mapping[str, Any]:
    """Return the last measurement."""
    result: Mapping[str, Any] = json.loads(RESULT.read_text())
    return result


def list_runs(result: Mapping[str, Any]) -> tuple[Run, ...]:
    """Return the runs of a measurement with their costs, from little to much data."""
    return tuple(_run(each) for each in sorted(result["preparation"], key=lambda each: int(each["copies"])))


def _run(measured: Mapping[str, Any]) -> Run:
    engine, cores, seconds = measured["engine"], measured["cores"], measured["seconds"]
    memory = measured["peak_memory_mib"] / 1024
    usd, instance = None, ""
    if measured["outcome"] == "finished" and engine != "spark":
        usd, instance = _job_cost(seconds, memory_gib=memory / USABLE_MEMORY)
    elif measured["outcome"] == "finished" and cores == SPARK_CORES:
        usd, instance = cluster_cost(CLUSTER_START + seconds), NODE
    return Run(
        engine=engine,
        cores=cores,
        flights=measured["copies"] * FLIGHTS_PER_YEAR,
        outcome=measured["outcome"],
        seconds=seconds,
        peak_memory_gib=memory,
        error=measured.get("error", ""),
        usd=usd,
        instance=instance,
    )


def _job_cost(seconds: float, *, memory_gib: float) -> tuple[Decimal, str]:
    """Return the cost of a processing job on the cheapest type with a known price and enough memory, and the type."""
    types = [each for each in select_types(use="processing", memory_gib=memory_gib) if (each.vcpus or 0) >= 2]
    prices = {each.name: price(f"processing/{each.name}", region=PRICED_REGION) for each in types}
    usd, name = min((found.usd, name) for name, found in prices.items() if found)
    return usd * Decimal(str(seconds)) / 3600, name


def cluster_cost(seconds: float) -> Decimal:
    """Return the cost of the nodes of a cluster, without EMR's fee."""
    found = price(f"ec2/{NODE}", region=PRICED_REGION)
    if found is None:
        raise RuntimeError(f"the price of {NODE} in {PRICED_REGION} is unknown")
    return NODES * found.usd * Decimal(str(seconds)) / 3600


def compare(runs: Sequence[Run]) -> tuple[Comparison, ...]:
    """Return the comparison for each number of flights."""
    comparisons = []
    for flights in sorted({run.flights for run in runs}):
        same = [run for run in runs if run.flights == flights]
        finished = [run for run in same if run.engine != "spark" and run.is_finished]
        (spark,) = (run for run in same if run.engine == "spark" and run.cores == SPARK_CORES)
        single = min(finished, key=lambda run: run.seconds, default=None)
        comparisons.append(Comparison(flights=flights, single=single, spark=spark))
    return tuple(comparisons)


def reach(runs: Sequence[Run], engine: str) -> Reach:
    """Return how far an engine comes; Spark with its most cores."""
    cores = max(run.cores for run in runs if run.engine == engine)
    own = sorted((run for run in runs if (run.engine, run.cores) == (engine, cores)), key=lambda run: run.flights)
    return Reach(
        largest=next((run for run in reversed(own) if run.is_finished), None),
        failed=next((run for run in own if not run.is_finished), None),
    )


def largest_machine() -> tuple[str, float]:
    """Return the type of `LARGE_FAMILY` with most memory for processing jobs, and its GiB."""
    types = [each for each in select_types(use="processing", memory_gib=0) if each.family == LARGE_FAMILY]
    memory, name = max((each.memory_gib or 0, each.name) for each in types)
    return name, memory


def flights_that_fit(run: Run, memory_gib: float) -> int:
    """Return how many flights fit into the memory of a machine, if memory grows as the flights do."""
    return int(run.flights * memory_gib * USABLE_MEMORY / run.peak_memory_gib)
