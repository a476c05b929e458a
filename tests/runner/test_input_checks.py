"""What a definition file needs from this machine is looked for before its first step runs."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.errors import UserError
from tests.runner.conftest import Bench
from tests.runner.samples import condition, definition, output_of, parameter, processing, training


def findings(bench: Bench, *steps: dict[str, Any], **options: Any) -> list[str]:
    """What a run of these steps is refused for, a line each; nothing has run."""
    with pytest.raises(UserError) as refused:
        bench.run(definition(*steps), **options)
    assert bench.events == []
    assert refused.value.exit_code == 2
    return str(refused.value).splitlines()


def test_every_missing_script_and_input_is_named_with_the_options_that_provide_them(bench: Bench) -> None:
    lines = findings(
        bench,
        processing("A", script="prepare.py", inputs={"raw": "s3://theirs/raw"}),
        processing("B", inputs={"raw": "s3://theirs/raw", "more": "s3://theirs/more", "a": output_of("A", "out")}),
        training("Train", channels={"train": "s3://theirs/train"}),
    )
    assert lines == [
        "step A (Processing): its script prepare.py (s3://code/prepare.py) was not found.",
        "step A (Processing): its input 'raw' has no local data for s3://theirs/raw.",
        "step B (Processing): its input 'raw' has no local data for s3://theirs/raw.",
        "step B (Processing): its input 'more' has no local data for s3://theirs/more.",
        "step Train (Training): its input 'train' has no local data for s3://theirs/train.",
        "step Train (Training): its script train.py (s3://code/train.tar.gz) was not found.",
        "Add to the command: --code FOLDER (a folder with prepare.py, train.py) --data s3://theirs/raw=PATH "
        "--data s3://theirs/more=PATH --data s3://theirs/train=PATH",
    ]


def test_a_step_in_a_branch_and_an_input_that_is_a_parameter_are_checked_too(bench: Bench) -> None:
    inner = processing("B", inputs={"raw": {"Get": "Parameters.Raw"}})
    step = condition("If", [{"Type": "Equals", "LeftValue": 1, "RightValue": 2}], then=[inner], otherwise=[])
    with pytest.raises(UserError, match=r"--data s3://mine/raw=PATH"):
        bench.run(definition(step, parameters=(parameter("Raw", "String", "s3://mine/raw"),)))


def test_a_script_in_a_folder_of_scripts_is_provided_as_data(bench: Bench) -> None:
    step = processing("A")
    step["Arguments"]["ProcessingInputs"][0]["S3Input"]["S3Uri"] = "s3://theirs/scripts/"
    lines = findings(bench, step)
    assert lines[0] == "step A (Processing): its input 'code' has no local data for s3://theirs/scripts/."
    assert lines[1] == "Add to the command: --data s3://theirs/scripts/=PATH"
    assert bench.run(definition(step), data={"s3://theirs/scripts": bench.code}).status == "Succeeded"


def test_an_input_that_another_step_writes_to_a_fixed_address_is_not_missing(bench: Bench) -> None:
    first = processing("A", arguments=["x"])
    first["Arguments"]["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = "s3://artifacts/table"
    second = processing("B", inputs={"table": "s3://artifacts/table/text.txt"}, DependsOn=["A"])
    assert bench.run(definition(first, second)).status == "Succeeded"


def test_a_training_program_that_its_archive_lacks_is_found_before_the_run(bench: Bench) -> None:
    lines = findings(bench, processing("A"), training("Train", channels={}, program="fit.py"))
    assert lines[0] == "step Train (Training): its script fit.py (s3://code/train.tar.gz) was not found."
    bench.script("train.tar.gz", "no archive")
    assert "s3://code/train.tar.gz: is not a readable tar archive" in findings(bench, training("Train", channels={}))[0]


def test_every_folder_that_does_not_exist_is_named(bench: Bench) -> None:
    places = {"s3://a/x": bench.folder / "x", "s3://a/y": bench.folder / "y"}
    assert findings(bench, processing("A"), data=places) == [
        f"{bench.folder / 'x'}: no such file or folder.",
        f"{bench.folder / 'y'}: no such file or folder.",
    ]
