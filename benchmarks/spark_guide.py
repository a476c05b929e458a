"""Write docs/*/one-machine.md from the results of the benchmark `spark`: `python -m benchmarks.spark_guide`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks import spark_results
from benchmarks.measurement import ROOT
from benchmarks.spark_plot import render_plot
from benchmarks.spark_results import Run
from benchmarks.training_guide import IDLE_LOAD, WORDS
from mlproject.files import write_atomically

PAGES = Path(__file__).with_name("spark_page")


@dataclass(frozen=True, kw_only=True)
class TableWords:
    """The words of the table and the picture in a language."""

    heads: tuple[str, ...]
    engines: Mapping[tuple[str, int], str]
    outcomes: Mapping[str, str]
    title: str


TABLE_WORDS: Mapping[str, TableWords] = {
    "en": TableWords(
        heads=("flights", "engine", "time", "peak memory, GiB", "USD a run"),
        engines={
            ("pandas", 2): "pandas", ("duckdb", 2): "DuckDB", ("spark", 1): "Spark, 1 core",
            ("spark", 2): "Spark, 2 cores",
        },
        outcomes={
            "finished": "{seconds} s", "memory": "not enough memory after {seconds} s",
            "time": "not finished after {seconds} s", "error": "error after {seconds} s",
        },
        title="Preparing the flights",
    ),
    "es": TableWords(
        heads=("vuelos", "motor", "tiempo", "memoria máxima, GiB", "USD por ejecución"),
        engines={
            ("pandas", 2): "pandas", ("duckdb", 2): "DuckDB", ("spark", 1): "Spark, 1 núcleo",
            ("spark", 2): "Spark, 2 núcleos",
        },
        outcomes={
            "finished": "{seconds} s", "memory": "sin memoria suficiente a los {seconds} s",
            "time": "sin terminar a los {seconds} s", "error": "error a los {seconds} s",
        },
        title="Preparar los vuelos",
    ),
}  # fmt: skip
ENGINE_NAMES = {"pandas": "pandas", "duckdb": "DuckDB", "spark": "Spark"}


def render_page(result: Mapping[str, Any], language: str) -> str:
    """Return the page in a language."""
    runs = spark_results.list_runs(result)
    comparisons = spark_results.compare(runs)
    reaches = {engine: spark_results.reach(runs, engine) for engine in ENGINE_NAMES}
    pandas = reaches["pandas"].largest
    name, memory = spark_results.largest_machine()
    text = (
        _environment(language)
        .get_template(f"{language}.md.jinja")
        .render(
            comparisons=comparisons,
            first=_first_payoff(comparisons),
            reaches=reaches,
            names=ENGINE_NAMES,
            table=render_table(runs, language),
            measured=_measured(result, language),
            memory_limit=result["memory_limit_gib"],
            time_limit=result["time_limit"],
            node=spark_results.NODE,
            start_minutes=spark_results.CLUSTER_START // 60,
            start_usd=spark_results.cluster_cost(spark_results.CLUSTER_START),
            pandas=pandas,
            large=pandas
            and {"name": name, "memory": memory, "flights": spark_results.flights_that_fit(pandas, memory)},
            step_ratio=result["step_ratio"],
        )
    )
    return f"{text}\n"


def _environment(language: str) -> Environment:
    # The pages are Markdown, and all values are numbers and messages of a measurement on this machine.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(PAGES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = WORDS[language].number
    return environment


def _first_payoff(comparisons: Sequence[spark_results.Comparison]) -> spark_results.Comparison | None:
    """Return the smallest amount of data from which on Spark always pays off."""
    first = None
    for each in reversed(comparisons):
        if not each.pays_off:
            break
        first = each
    return first


def _measured(result: Mapping[str, Any], language: str) -> str:
    words, machine, load = WORDS[language], result["machine"], result["load_before"][0]
    measured = words.measured.format(
        date=result["measured"][: len("2026-01-01")], cores=machine["cores"], processor=machine["processor"]
    )
    return measured + (words.busy.format(load=words.number(load, 1)) if load > IDLE_LOAD else "")


def render_table(runs: Sequence[Run], language: str) -> str:
    """Return the table of the runs in Markdown."""
    own, number = TABLE_WORDS[language], WORDS[language].number
    lines = [f"| {' | '.join(own.heads)} |", "|" + "---|" * len(own.heads)]
    for run in runs:
        at_least = "≥ " if run.engine == "spark" else ""
        cells = (
            number(run.flights),
            own.engines[run.engine, run.cores],
            own.outcomes[run.outcome].format(seconds=number(run.seconds)),
            number(run.peak_memory_gib, 1),
            "-" if run.usd is None else f"{at_least}{number(run.usd, 4)} (`{run.instance}`)",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(result: Mapping[str, Any], language: str) -> str:
    """Return the picture of a measurement as an SVG file."""
    runs, own = spark_results.list_runs(result), TABLE_WORDS[language]
    return render_plot(
        runs, WORDS[language], labels=own.engines, title=own.title, description=render_table(runs, language)
    )


def page_path(language: str) -> Path:
    return ROOT / "docs" / language / "one-machine.md"


def plot_path(language: str) -> Path:
    return ROOT / "docs" / "images" / f"one-machine-{language}.svg"


def main() -> None:
    result = spark_results.read_result()
    for language in TABLE_WORDS:
        write_atomically(plot_path(language), draw(result, language))
        write_atomically(page_path(language), render_page(result, language))


if __name__ == "__main__":
    main()
