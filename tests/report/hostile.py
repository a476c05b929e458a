"""A report in which every text from data contains markup."""

from __future__ import annotations

from dataclasses import replace

from mlproject.drawing import Link, Mark, Node, Panel, Plan
from mlproject.report import ModelReport, Outputs, ReportSettings, ResourceReport, StackReport, StepReport
from mlproject.report.settings import Target
from tests.report import sample

HOSTILE = "</style></title><script>alert('x')</script>\"><img src=http://evil.example/a.png>&amp;"


def hostile(value: str) -> str:
    return f"{value}{HOSTILE}"


assert sample.TEST
assert sample.PREDICTIONS
assert sample.IMPORTANCE
HOSTILE_REPORT = replace(
    sample.GOOD,
    project=HOSTILE,
    environment=HOSTILE,
    region=HOSTILE,
    account=HOSTILE,
    started=HOSTILE,
    endpoint=HOSTILE,
    settings=ReportSettings(
        question=HOSTILE,
        target=Target(items=HOSTILE, event=HOSTILE),
        baseline=HOSTILE,
        metrics=tuple(
            metric.model_copy(update={"label": hostile(metric.label), "description": HOSTILE})
            for metric in sample.SETTINGS.metrics
        ),
        test=sample.TEST.model_copy(update={"data": HOSTILE}),
        predictions=sample.PREDICTIONS.model_copy(update={"data": HOSTILE}),
        importance=sample.IMPORTANCE.model_copy(update={"descriptions": {hostile("waiting"): HOSTILE}}),
    ),
    phases=tuple(replace(phase, name=HOSTILE) for phase in sample.GOOD.phases),
    stacks=(StackReport(HOSTILE, HOSTILE, 1.0, (ResourceReport(HOSTILE, HOSTILE, HOSTILE, HOSTILE),)),),
    pipeline=replace(
        sample.PIPELINE,
        name=HOSTILE,
        execution_arn=HOSTILE,
        failure=HOSTILE,
        steps=(
            StepReport(name=HOSTILE, type=HOSTILE, status="Failed", seconds=1.0, detail=HOSTILE),
            StepReport(name=hostile("b"), type="Fail", status="Skipped", seconds=None, depends_on=(HOSTILE,)),
        ),
    ),
    outputs=Outputs(
        contents={
            sample.METRICS_FILE: {**sample.METRICS, "importance": {hostile("waiting"): 1.0, hostile("other"): 0.5}},
            sample.SCORING_FILE: {
                **sample.SCORING,
                "days": [{"day": HOSTILE, "rows": 5, "predicted": 0.1, "observed": 0.2}] * 2,
            },
        },
        problems=(HOSTILE,),
    ),
    model=ModelReport(
        package_arn=HOSTILE,
        version=1,
        approval_status=HOSTILE,
        metrics_uri=HOSTILE,
        commit=HOSTILE,
        metadata={HOSTILE: HOSTILE},
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
