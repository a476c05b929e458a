"""The page on one machine and Spark follows from the results of the benchmark."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks import spark_guide, spark_results
from tests.docs.pages import LANGUAGES, rows

MACHINE = {"processor": "Some", "cores": 2, "memory_gib": 16.0, "system": "Linux", "python": "3.11"}


def run(
    engine: str, copies: int, seconds: float, memory: int, outcome: str = "finished", *, cores: int = 2
) -> dict[str, Any]:
    error = {"error": "java.lang.OutOfMemoryError"} if outcome == "error" else {}
    measured = {"outcome": outcome, "seconds": seconds, "peak_memory_mib": memory, **error}
    return {"engine": engine, "cores": cores, "copies": copies, **measured}


def result(*runs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "measured": "2026-12-01 10:00 UTC",
        "machine": MACHINE,
        "load_before": [0.1, 0.1, 0.1],
        "memory_limit_gib": 12.8,
        "time_limit": 900,
        "preparation": list(runs),
        "step_ratio": 1.07,
    }


SMALL = (
    run("pandas", 1, 3, 512),
    run("duckdb", 1, 2, 700),
    run("spark", 1, 40, 2048, cores=1),
    run("spark", 1, 20, 2048),
)
ONE_MACHINE_IS_ENOUGH = result(
    *SMALL,
    run("pandas", 100, 90, 13500, "memory"),
    run("duckdb", 100, 150, 9000),
    run("spark", 100, 900, 9000, "time", cores=1),
    run("spark", 100, 900, 9000, "time"),
)
ONLY_SPARK_FINISHES = result(
    *SMALL,
    run("pandas", 100, 90, 13500, "memory"),
    run("duckdb", 100, 150, 9000, "error"),
    run("spark", 100, 880, 9000, cores=1),
    run("spark", 100, 500, 9000),
)


def text(document: Mapping[str, Any], language: str = "en") -> str:
    return spark_guide.render_page(document, language)


def test_spark_pays_off_from_the_size_that_no_other_engine_finishes() -> None:
    opening = text(ONLY_SPARK_FINISHES).split("## ")[0]
    assert "From 33,677,600 flights on, Spark pays off" in opening
    assert "neither pandas nor DuckDB finishes" in opening
    assert "With less data, it takes longer and costs more" in opening
    assert "Con menos datos, tarda más" in text(ONLY_SPARK_FINISHES, "es")


def test_spark_does_not_pay_off_where_it_takes_longer_or_does_not_finish() -> None:
    assert "pays off with none of the measured amounts of data, up to 33,677,600 flights" in text(ONE_MACHINE_IS_ENOUGH)
    assert "no compensa con ninguna" in text(ONE_MACHINE_IS_ENOUGH, "es")


def test_spark_pays_off_if_it_is_faster_with_the_start_of_the_cluster() -> None:
    def first(spark_seconds: float) -> bool:
        others = (run("pandas", 10, 2000, 4000), run("duckdb", 10, 1800, 700))
        runs = spark_results.list_runs(result(*SMALL, *others, run("spark", 10, spark_seconds, 2048)))
        return spark_results.compare(runs)[-1].pays_off

    assert first(1100)
    assert not first(1300)


def test_a_run_that_was_stopped_gives_a_lower_limit_of_the_ratio() -> None:
    follows = text(ONE_MACHINE_IS_ENOUGH).partition("## What follows")[2]
    assert "With 336,776 flights, Spark on two cores takes 10.0 times as long as DuckDB." in follows
    assert "With 33,677,600 flights, Spark on two cores takes more than 6.0 times as long as DuckDB." in follows
    assert "need more than 12 cores" in follows


def test_the_page_says_how_far_each_engine_comes() -> None:
    page = text(ONE_MACHINE_IS_ENOUGH)
    assert "pandas finishes with up to 336,776 flights. With 33,677,600, it needs more than 12.8 GiB." in page
    assert "DuckDB finishes with all measured amounts of data." in page
    assert "Spark finishes with up to 336,776 flights. With 33,677,600, it takes more than 900 s." in page
    assert "it fails: `java.lang.OutOfMemoryError`" in text(ONLY_SPARK_FINISHES)


def test_costs_are_the_time_on_an_instance_with_enough_memory_or_on_a_cluster_that_has_to_start() -> None:
    runs = spark_results.list_runs(ONE_MACHINE_IS_ENOUGH)
    costs = {(each.engine, each.cores, each.flights // 336_776): (each.usd, each.instance) for each in runs}
    small, large = costs["duckdb", 2, 1], costs["duckdb", 2, 100]
    # Prices of us-east-1 in prices.json: ml.t3.medium 0.05, ml.m5.xlarge 0.23, and m5.xlarge 0.192 USD an hour.
    assert (round(float(small[0] or 0), 9), small[1]) == (round(2 * 0.05 / 3600, 9), "ml.t3.medium")
    assert (round(float(large[0] or 0), 9), large[1]) == (round(150 * 0.23 / 3600, 9), "ml.m5.xlarge")
    assert float(costs["spark", 2, 1][0] or 0) == pytest.approx(2 * 0.192 * (600 + 20) / 3600)
    assert costs["pandas", 2, 100] == costs["spark", 2, 100] == costs["spark", 1, 1] == (None, "")


@pytest.mark.parametrize("document", [ONE_MACHINE_IS_ENOUGH, ONLY_SPARK_FINISHES])
def test_both_languages_have_the_same_structure(document: Mapping[str, Any]) -> None:
    english, spanish = (text(document, language) for language in LANGUAGES)
    for pattern in (r"^## ", r"^- ", r"^$"):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, spanish, re.MULTILINE))
    assert [len(row) for row in rows(english)] == [len(row) for row in rows(spanish)] == [5] * 8


def test_only_finished_runs_are_drawn() -> None:
    assert spark_guide.draw(ONLY_SPARK_FINISHES, "en").count("<circle") == 2 * 6
    assert spark_guide.draw(ONE_MACHINE_IS_ENOUGH, "es").count("<circle") == 2 * 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_its_plot_are_those_of_the_last_measurement(language: str) -> None:
    page, plot = spark_guide.page_path(language), spark_guide.plot_path(language)
    # Without a measurement, there is no page.
    assert page.exists() == plot.exists() == spark_results.RESULT.exists()
    if page.exists():
        measured = spark_results.read_result()
        again = "run `python -m benchmarks.spark_guide`"
        assert page.read_text() == spark_guide.render_page(measured, language), again
        assert plot.read_text() == spark_guide.draw(measured, language), again
