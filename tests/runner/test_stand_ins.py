"""Steps that only AWS can run have recorded outputs, if and only if the user asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner import read_stand_in
from tests.runner.conftest import Bench
from tests.runner.samples import condition, definition, fail, processing

CHECK = {"Name": "Check", "Type": "QualityCheck", "Arguments": {}}
ROWS = {"OutputParameters": {"rows": 7, "table": "flights"}}


def awslambda(name: str = "Count", kind: str = "Lambda") -> dict[str, Any]:
    outputs = [{"OutputName": "rows", "OutputType": "Integer"}, {"OutputName": "table", "OutputType": "String"}]
    return {"Name": name, "Type": kind, "Arguments": {"in": "x"}, "OutputParameters": outputs}


def output(name: str, step: str = "Count") -> dict[str, str]:
    return {"Get": f"Steps.{step}.OutputParameters['{name}']"}


def refusals(bench: Bench, *steps: dict[str, Any], **stand_ins: Any) -> list[str]:
    """What a run of these steps is refused for, a line each; nothing has run."""
    with pytest.raises(UserError) as refused:
        bench.run(definition(*steps), stand_ins=stand_ins)
    assert bench.events == []
    return str(refused.value).splitlines()


def test_without_a_stand_in_the_step_is_refused_with_the_option_and_its_content(bench: Bench) -> None:
    lines = refusals(bench, processing("A"), awslambda(), awslambda("Wait", "Callback"), CHECK)
    assert lines[0] == (
        "step Count: a Lambda step runs only in AWS. To use recorded outputs instead, add --stand-in Count=FILE.json "
        'with {"OutputParameters": {"rows": "...", "table": "..."}}.'
    )
    assert lines[1].startswith("step Wait: a Callback step runs only in AWS.")
    assert 'add --stand-in Check=FILE.json with {"CalculatedBaselineStatistics": "s3://..."' in lines[2]


@pytest.mark.parametrize("kind", ["Lambda", "Callback"])
def test_recorded_outputs_are_what_later_steps_and_conditions_read(bench: Bench, kind: str) -> None:
    decision = condition(
        "If",
        [{"Type": "GreaterThan", "LeftValue": output("rows"), "RightValue": 5}],
        then=[processing("A", arguments=[output("table")])],
        otherwise=[fail("No", "too few")],
    )
    result = bench.run(definition(awslambda(kind=kind), decision), stand_ins={"Count": ROWS})
    assert result.failure is None
    assert bench.object(f"{result.outputs['A']['out']}/text.txt").read_text() == "flights"
    assert [(step.name, step.stood_in) for step in result.steps] == [
        ("Count", True),
        ("If", False),
        ("A", False),
        ("No", False),
    ]


def test_a_check_has_the_baselines_that_the_file_gives(bench: Bench) -> None:
    used = {"Get": "Steps.Check.CalculatedBaselineConstraints"}
    (bench.folder / "constraints.json").write_text("{}")
    uri = "s3://theirs/constraints.json"
    result = bench.run(
        definition(CHECK, processing("A", inputs={"constraints": used})),
        data={uri: bench.folder / "constraints.json"},
        stand_ins={"Check": {"CalculatedBaselineConstraints": uri}},
    )
    assert result.failure is None
    assert bench.object(f"{result.outputs['A']['out']}/text.txt").read_text() == "{}"


def test_a_property_that_a_later_step_uses_must_be_in_the_file(bench: Bench) -> None:
    used = {"Get": "Steps.Check.BaselineUsedForDriftCheckStatistics"}
    (line,) = refusals(bench, CHECK, processing("A", inputs={"statistics": used}), Check={})
    assert line == "--stand-in Check: BaselineUsedForDriftCheckStatistics is missing, which step A uses."


def test_every_error_in_a_stand_in_is_named(bench: Bench) -> None:
    steps = (processing("A"), awslambda(), CHECK)
    wrong = {
        "Cuont": ROWS,
        "A": {},
        "Count": {"OutputParameters": {"rows": "7", "tabel": "x"}},
        "Check": {"CalculatedBaselineConstraint": "s3://b/k", "CalculatedBaselineStatistics": 1},
    }
    assert refusals(bench, *steps, **wrong) == [
        "--stand-in Cuont: the definition has no such step. Did you mean Count?",
        "--stand-in A: a Processing step cannot have a stand-in; supported: Lambda, Callback, QualityCheck, "
        "ClarifyCheck, EMR, EMRServerless, AutoML, EndpointConfig, Endpoint, InferenceComponent, Lineage, Cleanup, "
        "ForEach.",
        "--stand-in Count: the step has no output 'tabel'. Did you mean table?",
        '--stand-in Count: output rows="7" must be of type Integer.',
        "--stand-in Count: output table (String) is missing.",
        "--stand-in Check: 'CalculatedBaselineConstraint' is not a property of a QualityCheck step. "
        "Did you mean CalculatedBaselineConstraints?",
        "--stand-in Check: CalculatedBaselineStatistics must be an S3 URI.",
    ]
    assert refusals(bench, awslambda(), Count={}) == ["--stand-in Count: OutputParameters is missing: rows, table."]
    assert refusals(bench, awslambda(), Count={"OutputParameters": []}) == [
        "--stand-in Count: OutputParameters must be an object with a value for each output."
    ]
    (line,) = refusals(bench, awslambda(), Count={"OutputParameters": {"rows": True, "table": "x"}})
    assert line == "--stand-in Count: output rows=true must be of type Integer."


@pytest.mark.parametrize(("text", "sentence"), [("{", "is not valid JSON"), ("[]", "must be a JSON object")])
def test_a_file_that_is_no_object_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(UserError, match=rf"--stand-in A=.*x\.json: {sentence}"):
        read_stand_in("A", tmp_path / "x.json")
    with pytest.raises(UserError, match=r"no\.json: cannot be read \(No such file or directory\)"):
        read_stand_in("A", tmp_path / "no.json")
