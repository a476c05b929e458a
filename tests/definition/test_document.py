"""Read a pipeline's folder and set a deployment's parameter values in its definition."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlproject.definition import (
    Scalar,
    fill_placeholders,
    fn_sub_string,
    parameter_value,
    read_definition,
    used_placeholders,
)
from mlproject.definition.samples import placeholder_values
from mlproject.errors import UserError
from tests.definition.folders import FLIGHT_DELAYS, committed, copied, small


def test_the_committed_definition_has_the_steps_and_parameters_that_the_rest_relies_on() -> None:
    definition = committed()
    assert set(definition.parameters) >= {"InstanceType", "Rounds", "Margin", "DataVersion", "Commit"}
    assert definition.name == "flight_delays"
    assert len(definition.hash) == 64
    names = ["evaluate.py", "inference.py", "prepare.py", "prepare_spark.py", "score.py", "train.py"]
    assert [path.name for path in definition.scripts] == names


def test_an_unknown_pipeline_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UserError, match=r"no such pipeline. Did you mean flight_delays\?"):
        read_definition(FLIGHT_DELAYS.parent / "flight_delay")


def test_a_folder_that_was_never_built_names_the_command(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "definition.json").unlink()
    with pytest.raises(UserError, match="Run `mlproject pipeline build flight_delays`"):
        read_definition(folder)


@pytest.mark.parametrize("text", ["{not json", "[1, 2]", "\xff"])
def test_a_definition_that_is_no_json_object_names_the_command(tmp_path: Path, text: str) -> None:
    folder = copied(tmp_path)
    (folder / "definition.json").write_text(text, encoding="latin-1")
    with pytest.raises(UserError, match=r"definition\.json.*Run `mlproject pipeline build flight_delays`"):
        read_definition(folder)


def test_a_folder_in_place_of_a_definition_leads_to_the_section_about_definitions(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "definition.json").unlink()
    (folder / "definition.json").mkdir()
    with pytest.raises(UserError, match=r"definition\.json: cannot be read \(Is a directory\)") as raised:
        read_definition(folder)
    assert raised.value.topic == "definition-invalid"


def test_a_deployments_values_become_the_defaults() -> None:
    text = fn_sub_string(committed(), parameters={"Margin": 0.5, "Rounds": 7, "Commit": "abc"})
    defaults = {item["Name"]: item["DefaultValue"] for item in json.loads(text)["Parameters"]}
    assert defaults == {
        **{name: item["DefaultValue"] for name, item in committed().parameters.items()},
        "Margin": 0.5,
        "Rounds": 7,
        "Commit": "abc",
    }


def test_without_values_the_text_is_the_committed_document() -> None:
    assert json.loads(fn_sub_string(committed(), parameters={})) == committed().document


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Margins": 0.1}, r"no parameter Margins. Did you mean Margin\?"),
        ({"Rounds": "many"}, "pipeline parameter Rounds: 'many' is not of type Integer"),
        ({"Rounds": 1.5}, "pipeline parameter Rounds: 1.5 is not of type Integer"),
        ({"Rounds": True}, "pipeline parameter Rounds: True is not of type Integer"),
        ({"Margin": "0.1"}, "pipeline parameter Margin: '0.1' is not of type Float"),
        ({"InstanceType": 5}, "pipeline parameter InstanceType: 5 is not of type String"),
        ({"DataVersion": "${DataBucket}"}, "contains a placeholder, which parameter values cannot"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(values: dict[str, Scalar], message: str) -> None:
    with pytest.raises(UserError, match=message):
        fn_sub_string(committed(), parameters=values)


def test_a_whole_number_fits_a_float() -> None:
    value = parameter_value({"Name": "Margin", "Type": "Float"}, 1)
    assert isinstance(value, float)


def test_a_value_outside_the_enumeration_is_refused() -> None:
    parameter = {"Name": "Size", "Type": "String", "EnumValues": ["small", "large"]}
    assert parameter_value(parameter, "small") == "small"
    with pytest.raises(UserError, match="Size: 'huge' is not one of small, large"):
        parameter_value(parameter, "huge")


def test_filling_what_fn_sub_gets_equals_filling_the_document_itself() -> None:
    text = fn_sub_string(committed(), parameters={})
    values = placeholder_values(used_placeholders(text))
    filled = json.loads(fill_placeholders(text, values))

    direct = json.dumps(committed().document)
    for name, value in values.items():
        if isinstance(value, list):
            direct = direct.replace(f'["${{{name}}}"]', json.dumps(value))
        else:
            direct = direct.replace(f"${{{name}}}", value)
    assert filled == json.loads(direct)


def test_every_placeholder_of_the_definition_is_in_the_closed_list() -> None:
    assert used_placeholders(fn_sub_string(committed(), parameters={})) <= committed().placeholders


def test_an_unknown_placeholder_is_refused_by_name_with_the_nearest(tmp_path: Path) -> None:
    folder = small(tmp_path, {"Steps": [], "Metadata": {"a": "${DataBuckt}"}}, "prepare.py")
    with pytest.raises(UserError, match=r"\$\{DataBuckt\} is not a placeholder. Did you mean DataBucket\?"):
        fn_sub_string(read_definition(folder), parameters={})


def test_a_scripts_placeholders_exist_only_while_the_script_does(tmp_path: Path) -> None:
    folder = small(tmp_path, {"Steps": [], "Metadata": {"a": "s3://${PrepareCode}"}}, "prepare.py")
    assert used_placeholders(fn_sub_string(read_definition(folder), parameters={})) == {"PrepareCode"}
    (folder / "steps" / "prepare.py").unlink()
    with pytest.raises(
        UserError, match=r"steps/prepare\.py does not exist, but \$\{PrepareCode\} refers to it\. Create it\.$"
    ):
        fn_sub_string(read_definition(folder), parameters={})


def test_a_step_without_its_script_is_told_the_script_and_the_others(tmp_path: Path) -> None:
    document = {"Steps": [], "Metadata": {"a": "s3://${LastJudgementCode}"}}
    folder = small(tmp_path, document, "judge.py", "train.py")
    remedy = r"Create it, or rename the step after a script in steps/ \(judge\.py, train\.py\)\.$"
    with pytest.raises(UserError, match=rf"steps/last_judgement\.py does not exist, but .* refers to it\. {remedy}"):
        fn_sub_string(read_definition(folder), parameters={})


def test_a_definition_beyond_the_services_limit_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path, {"Steps": [], "Metadata": {"a": "x" * 1_048_576}})
    with pytest.raises(UserError, match="The limit is 1048576"):
        fn_sub_string(read_definition(folder), parameters={})
