"""The page is self-contained, escapes its data, and is well-formed, for every outcome of the pipeline."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from mlproject.drawing import Link, Mark, Node, Panel, Plan
from mlproject.report import ModelReport, ResourceReport, StackReport, StepReport, render_html
from tests.report import sample
from tests.report.graphs import pipelines, untimed

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
LOADING = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "background", "formaction"}
HOSTILE = "</style></title><script>alert('x')</script>\"><img src=http://evil.example/a.png>&amp;"

REPORTS = {
    "good": sample.GOOD,
    "rejected": sample.REJECTED,
    "broken": sample.BROKEN,
    "without anything": replace(
        sample.BROKEN,
        stacks=(),
        phases=(),
        next_steps=(),
        plan=None,
        pipeline=replace(sample.BROKEN.pipeline, steps=()),
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


def hostile(value: str) -> str:
    return f"{value}{HOSTILE}"


HOSTILE_REPORT = replace(
    sample.GOOD,
    project=HOSTILE,
    environment=HOSTILE,
    region=HOSTILE,
    account=HOSTILE,
    started=HOSTILE,
    endpoint=HOSTILE,
    question=replace(
        sample.QUESTION,
        text=HOSTILE,
        things=HOSTILE,
        event=HOSTILE,
        otherwise=HOSTILE,
        baseline=HOSTILE,
        tested_on=HOSTILE,
        scored_on=HOSTILE,
        features={hostile("waiting"): HOSTILE},
    ),
    phases=tuple(replace(phase, name=HOSTILE) for phase in sample.GOOD.phases),
    stacks=(StackReport(HOSTILE, HOSTILE, 1.0, (ResourceReport(HOSTILE, HOSTILE, HOSTILE, HOSTILE),)),),
    pipeline=replace(
        sample.GOOD.pipeline,
        name=HOSTILE,
        execution_arn=HOSTILE,
        failure=HOSTILE,
        steps=(
            StepReport(name=HOSTILE, type=HOSTILE, status="Failed", seconds=1.0, detail=HOSTILE),
            StepReport(name=hostile("b"), type="Fail", status="Skipped", seconds=None, depends_on=(HOSTILE,)),
        ),
    ),
    metrics={**sample.METRICS, "importance": {hostile("waiting"): 1.0, hostile("unexplained"): 0.5}},
    scoring={**sample.SCORING, "days": [{"day": HOSTILE, "rows": 5, "predicted": 0.1, "observed": 0.2}] * 2},
    model=ModelReport(
        package_arn=HOSTILE,
        version=1,
        approval_status=HOSTILE,
        metrics_uri=HOSTILE,
        commit=HOSTILE,
        definition_hash=HOSTILE,
        data_version=HOSTILE,
    ),
    plan=Plan(
        title=HOSTILE,
        panels=(
            Panel(
                title=HOSTILE,
                nodes=(
                    Node(id=HOSTILE, type=HOSTILE, name=HOSTILE, detail=HOSTILE, marks=(HOSTILE,)),
                    Node(id="b", type="b", name="b"),
                ),
                more=HOSTILE,
            ),
        ),
        links=(Link(source=HOSTILE, target="b", label=HOSTILE),),
        marks=(Mark(name=HOSTILE, shape="lock", meaning=HOSTILE),),
        note=HOSTILE,
    ),
    next_steps=((HOSTILE, HOSTILE),),
)
REPORTS["hostile"] = HOSTILE_REPORT


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
    assert "the model gives the late one the higher probability in 69 of 100 cases, the baseline in 63." in text
    assert "Test data: November 2013, 26,971 flights, 17.4% of them late" in text
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
    (picture,) = [one for one in images(text) if "architecture-title" in (one.get("aria-labelledby") or "")]
    words = [element.text for element in picture.iter() if element.tag.endswith("}text")]
    assert {"flights-local/pipeline", "data", "10.22.0.0/16", "reads", "and 1 more: 1 IAM Role"} <= set(words)
    assert "pipeline flights-local reads S3 bucket data" in Page(text).text
    without = render_html(replace(sample.GOOD, plan=None))
    assert "The arrows as a table" not in without
    assert len(images(without)) == len(images(text)) - 1


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
    for image in images(render_html(replace(sample.GOOD, pipeline=replace(sample.GOOD.pipeline, steps=steps))))[:2]:
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
    report = replace(sample.GOOD, metrics={"auc": 0.7, "brier": float("nan"), "calibration": "none"}, scoring={})
    text = Page(render_html(report)).text
    assert "0.700 not reported" in text
    assert "Brier" not in text
    assert "better " not in text.split("Comparison with the baseline")[1].split("AUC")[1].split("guessing")[0].replace(
        "higher is better", ""
    )


@settings(untimed, max_examples=20)
@given(pipelines())
def test_any_graph_makes_a_well_formed_page(steps: tuple[StepReport, ...]) -> None:
    text = render_html(replace(sample.GOOD, pipeline=replace(sample.GOOD.pipeline, steps=steps)))
    assert Page(text).open == []
    assert len(images(text)) == 6
