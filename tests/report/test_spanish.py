"""The report in Spanish: every word of the page and of the terminal, with the numbers as Spanish writes them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from mlproject.demo.show import show_report
from mlproject.drawing import Link, Mark, Node, Panel, Plan
from mlproject.report import Report, build_summary, read_settings, read_translations, render_html, translate_settings
from mlproject.report.settings_translations import translation_findings
from mlproject.translation import Message, joined, use_language
from tests.report import other_pipelines as others
from tests.report import sample
from tests.report.test_page import Page
from tests.translation.english import english_lines

PIPELINES = Path(__file__).parents[2] / "pipelines"
FLIGHTS = PIPELINES / "flight_delays"
HOUSES = {"For how much will this house sell?": "¿Por cuánto se venderá esta casa?", "price": "precio"}
HOUSES |= {"January 2026": "enero de 2026"}
# As `mlproject.architecture` writes its texts.
PLAN = Plan(
    title=Message("The architecture of {project} in {environment}", project="flights", environment="local"),
    panels=(
        Panel(
            title="flights-local-storage",
            nodes=(
                Node(
                    id="one", type=Message("pipeline"), name="flights-local", detail=Message("{number} steps", number=7)
                ),
                Node(id="two", type=Message("S3 bucket"), name="data", marks=("key",)),
            ),
            more=Message("and {number} more: {types}", number=1, types="1 IAM Role"),
        ),
        Panel(title="local-network", nodes=()),
    ),
    links=(Link(source="one", target="two", label=joined(", ", [Message("reads"), Message("writes")])),),
    marks=(Mark(name="key", shape="lock", meaning=Message("encrypted with a key of these stacks")),),
)


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    with use_language("es"):
        yield


def spanish_data(report: Report) -> Report:
    """A report whose data is Spanish, or has no language: what remains English is the report's own."""
    texts = {**read_translations(FLIGHTS, sample.SETTINGS, "es"), **HOUSES}
    pipeline = report.pipeline
    if pipeline:
        steps = tuple(replace(step, detail=None) for step in pipeline.steps)
        pipeline = replace(pipeline, steps=steps, failure="Ha fallado." if pipeline.failure else None)
    return replace(
        report,
        pipeline=pipeline,
        settings=translate_settings(report.settings, texts),
        phases=tuple(replace(phase, name=Message("start the embedded AWS")) for phase in report.phases),
        next_steps=(("make", Message("deploys the project like this demo")),) if report.next_steps else (),
        plan=PLAN if report.plan else None,
    )


REPORTS = {
    "good": sample.GOOD,
    "rejected": sample.REJECTED,
    "broken": sample.BROKEN,
    "a number is predicted": others.HOUSES,
    "without a pipeline": replace(sample.GOOD, pipeline=None, model=None),
    "in AWS": replace(sample.GOOD, endpoint=None),
}


@pytest.mark.parametrize("name", REPORTS)
def test_no_word_of_the_page_is_english(name: str) -> None:
    page = Page(render_html(spanish_data(REPORTS[name])))
    labels = [attributes["aria-label"] or "" for _, attributes in page.elements if "aria-label" in attributes]
    style = page.words.index(next(word for word in page.words if ":root" in word))
    words = [*page.words[:style], *page.words[style + 1 :], *labels]
    assert english_lines("\n".join(words)) == []
    assert page.all("html") == [{"lang": "es"}]


def test_numbers_shares_costs_and_dates_are_written_in_spanish() -> None:
    text = Page(render_html(spanish_data(sample.GOOD))).text
    for part in (
        "AUC: el valor del modelo es 0,688; el de la referencia, 0,627 (más es mejor).",
        "noviembre de 2013, 26.971 vuelos, de ellos 17,4 % con retraso",
        "4 stacks con 28 recursos",
        "de noviembre de 2026, ",
    ):
        assert part in text


def test_the_summary_of_the_terminal_is_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(spanish_data(sample.GOOD), Console(width=120))
    shown = capsys.readouterr().out
    assert english_lines(shown) == []
    for part in (
        "Better: no, omitido",
        "0,1326",
        "-0,0131  mejor  (menos es mejor)",
        "El pipeline: Succeeded en 11,6 s",
    ):
        assert part in shown


def test_the_summary_for_programs_is_the_same_in_every_language() -> None:
    in_spanish = json.dumps(build_summary(sample.GOOD))
    with use_language("en"):
        assert json.dumps(build_summary(sample.GOOD)) == in_spanish


@pytest.mark.parametrize("name", ["flight_delays", "digits"])
def test_every_text_of_our_reports_is_translated(name: str) -> None:
    folder = PIPELINES / name
    settings = read_settings(folder)
    translations = {text: f"*{text}" for text in read_translations(folder, settings, "es")}
    marked = translate_settings(settings, translations)
    texts = [text for each in marked.metrics for text in (each.label, each.description)]
    texts += [marked.question, marked.baseline, marked.target.items, marked.target.event or marked.target.value]
    texts += marked.importance.descriptions.values() if marked.importance else ()
    assert [text for text in texts if text and text[0] != "*"] == (["AUC"] if name == "flight_delays" else [])
    # Paths, steps and files are no texts.
    assert [each.source for each in marked.metrics] == [each.source for each in settings.metrics]
    assert [each.baseline for each in marked.metrics] == [each.baseline for each in settings.metrics]


def test_a_translation_of_a_text_that_the_report_lacks_is_an_error_and_so_is_an_empty_one(tmp_path: Path) -> None:
    folder = tmp_path / "pipelines" / "flight_delays"
    folder.mkdir(parents=True)
    shutil.copy(FLIGHTS / "report.json", folder)
    (folder / "report.es.json").write_text(json.dumps({"flight": "vuelos", "late": "", "flights": "vuelos"}, indent=1))
    assert [str(finding) for finding in translation_findings(folder, read_settings(folder))] == [
        "pipelines/flight_delays/report.es.json:2: flight: report.json does not contain this text. Did you mean "
        "flights?",
        "pipelines/flight_delays/report.es.json:3: late: has no translation. Allowed: text.",
        "pipelines/flight_delays/report.es.json:4: flights: another text has the same translation.",
    ]
