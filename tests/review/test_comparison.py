"""The comparison of templates: resources by what a deployment does to them, and pipelines step by step."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from mlproject.review import Action, Baseline, Review, compare_stacks, count_changes, render_markdown

STACK = "dev/a/notebooks"


def review(before: dict[str, Any], after: dict[str, Any], **more: Any) -> Review:
    """The review of one stack with these resources before and after the change."""
    values: dict[str, Any] = {"region": "eu-west-1", "cost_before": Decimal(1), "cost_after": Decimal(1), **more}
    baseline = Baseline(name="deployed stacks", templates={STACK: {"Resources": before}})
    return compare_stacks("dev/a", before=baseline, after={STACK: {"Resources": after}}, **values)


def actions(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[Action, str, tuple[str, ...]]]:
    return [(each.action, each.name, each.because) for each in review(before, after).resources]


def notebook(**properties: Any) -> dict[str, Any]:
    values = {"NotebookInstanceName": "a-dev-explore", "InstanceType": "ml.t3.medium", **properties}
    return {"Type": "AWS::SageMaker::NotebookInstance", "Properties": values}


def bucket(name: str, **attributes: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}, **attributes}


def test_each_resource_is_listed_with_what_happens_to_it_the_most_severe_first() -> None:
    before = {
        "Notebook": notebook(),
        "Data": bucket("a-data"),
        "Old": bucket("a-old"),
        "Kept": bucket("a-kept", DeletionPolicy="Retain"),
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "one"}},
        "Same": bucket("a-same"),
    }
    after = {
        "Notebook": notebook(InstanceType="ml.t3.large"),
        "Data": bucket("b-data"),
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "two"}},
        "New": bucket("a-new"),
        "Same": bucket("a-same"),
    }
    assert actions(before, after) == [
        (Action.DESTROY, "a-old", ()),
        (Action.REPLACE, "a-data", ("BucketName",)),
        (Action.RETAIN, "a-kept", ()),
        (Action.STOP, "a-dev-explore", ("InstanceType",)),
        (Action.CHANGE, "Topic", ("DisplayName",)),
        (Action.ADD, "a-new", ()),
    ]
    assert count_changes([review(before, after)]) == {"create": 2, "update": 2, "delete": 2}


def test_a_resource_that_names_a_replaced_one_where_it_is_fixed_is_replaced_too() -> None:
    def resources(name: str) -> dict[str, Any]:
        return {
            "Data": bucket(name),
            "Policy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": {"Ref": "Data"}, "PolicyDocument": {}},
            },
        }

    found = actions(resources("one"), resources("two"))
    assert [(action, name) for action, name, _ in found] == [(Action.REPLACE, "one"), (Action.REPLACE, "Policy")]


def test_a_weaker_deletion_policy_and_another_type_are_changes() -> None:
    assert actions({"Data": bucket("a", DeletionPolicy="Retain")}, {"Data": bucket("a")}) == [
        (Action.CHANGE, "a", ("DeletionPolicy",))
    ]
    assert actions({"Data": bucket("a")}, {"Data": notebook()}) == [(Action.REPLACE, "a", ("Type",))]


def test_a_type_without_a_schema_counts_as_replaced() -> None:
    custom = {"Type": "Custom::Thing", "Properties": {"Size": 1}}
    assert actions({"It": custom}, {"It": {**custom, "Properties": {"Size": 2}}}) == [(Action.REPLACE, "It", ("Size",))]


def test_stacks_that_are_no_longer_part_of_the_project_stay_and_count_as_no_destroyed_resources() -> None:
    baseline = Baseline(
        name="target branch", templates={"dev/a/emr": {"Resources": {"B": bucket("a")}}, "dev/b/emr": {}}
    )
    found = compare_stacks("dev/a", before=baseline, after={}, region="eu-west-1", cost_before=None, cost_after=None)
    assert (found.obsolete_stacks, found.resources, found.is_empty) == (("dev/a/emr",), (), False)


def pipeline(*steps: dict[str, Any], parameters: tuple[dict[str, Any], ...] = (), **values: Any) -> dict[str, Any]:
    text = json.dumps({"Parameters": list(parameters), "Steps": list(steps)})
    body = {"Fn::Sub": [text, values] if values else text}
    properties = {"PipelineName": "a-dev", "PipelineDefinition": {"PipelineDefinitionBody": body}}
    return {"Pipeline": {"Type": "AWS::SageMaker::Pipeline", "Properties": properties}}


def step(name: str, **arguments: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Processing", "Arguments": arguments}


def test_a_pipeline_is_compared_step_by_step_also_inside_branches() -> None:
    branch = {
        "Name": "Better",
        "Type": "Condition",
        "Arguments": {"Conditions": [], "IfSteps": [step("Register", V=1)]},
    }
    changed = {**branch, "Arguments": {"Conditions": [], "IfSteps": [step("Register", V=2)]}}
    before = pipeline(step("Prepare", Image="x", Job={"Count": 1}), step("Old"), branch)
    after = pipeline(
        step("Prepare", Image="x", Job={"Count": 2}),
        step("New"),
        changed,
        parameters=({"Name": "Rounds", "Type": "Integer", "DefaultValue": 4},),
    )
    assert [(each.kind, each.name, each.action, each.arguments) for each in review(before, after).steps] == [
        ("parameter", "Rounds", "added", ()),
        ("step", "Prepare", "changed", ("Job/Count: 1 → 2",)),
        ("step", "New", "added", ()),
        ("step", "Register", "changed", ("V: 1 → 2",)),
        ("step", "Old", "removed", ()),
    ]


def test_a_changed_script_changes_its_step_and_the_hash_of_the_sources_alone_none() -> None:
    definition = step("Prepare", Code="s3://${PrepareCode}", Hash="${DefinitionHash}")
    before = pipeline(definition, PrepareCode="assets/1.py", DefinitionHash="1")
    assert review(before, pipeline(definition, PrepareCode="assets/1.py", DefinitionHash="2")).steps == ()
    (changed,) = review(before, pipeline(definition, PrepareCode="assets/2.py", DefinitionHash="2")).steps
    assert changed.arguments == ('Code: "s3://assets/1.py" → "s3://assets/2.py"',)


def test_the_report_starts_with_the_table_and_values_cannot_break_it() -> None:
    found = review({}, {"Data": bucket("a|b`c @everyone\n</details>")}, cost_after=Decimal("3.5"))
    text = render_markdown([found], removed={"old": ("dev",)}, base="1234567890abcdef")
    lines = text.splitlines()
    assert lines[2].startswith("| stacks | compared with | added |")
    assert lines[4] == "| `dev/a` | deployed stacks | 1 | 0 | 0 | 0 | 0 | 0 | 3.50 (+2.50) | 0 | 0 |"
    assert "`a¦b'c @everyone </details>`" in text
    assert "- `old` is removed from `dev`." in text
    (summary,) = [line for line in lines if "<summary>" in line]
    assert summary == "<details><summary>dev/a: 1 added</summary>"


def test_a_change_without_effects_says_so() -> None:
    text = render_markdown([], removed={}, base="1234567890abcdef")
    assert text == (
        "## Effects of this change\n\nThe change since 1234567890ab affects no project and no environment.\n"
    )
