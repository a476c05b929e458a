"""What can be known before anything is deployed is checked before anything is deployed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mlproject.demo.preparation import PreparedDemo, prepare_demo
from mlproject.errors import UserError
from mlproject.parameters import load_valid_parameters
from tests.definition.folders import FLIGHT_DELAYS
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, write_files

LOCAL_ENVIRONMENTS = f"""{ENVIRONMENTS}\
  local:
    account: "123456789012"
    network: {{new: {{cidr: 10.23.0.0/16}}}}
"""
LOCAL_PROJECT = f"{PROJECT}  local: {{}}\n"
NO_PIPELINE = """\
notebooks:
  explore:
    instance_type: ml.t3.medium
    volume_gb: 20
    idle_minutes: 60
    users: [ana@example.com]
    libraries: notebook
"""


def prepared(root: Path, *, environments: str = LOCAL_ENVIRONMENTS, project: str = LOCAL_PROJECT) -> PreparedDemo:
    write_files(root, environments=environments, projects={"flights": project})
    return prepare_demo(load_valid_parameters(root), "flights", root=root)


def test_a_pipeline_without_a_data_set_and_without_a_report_json_has_nothing_to_upload_and_nothing_declared(
    tmp_path: Path,
) -> None:
    demo = prepared(tmp_path)
    assert demo.deployment.environment.name == "local"
    assert demo.push is None
    assert demo.settings.metrics == ()


def test_a_project_without_a_pipeline_is_prepared(tmp_path: Path) -> None:
    start, end = LOCAL_PROJECT.index("pipeline:"), LOCAL_PROJECT.index("environments:")
    demo = prepared(tmp_path, project=LOCAL_PROJECT[:start] + NO_PIPELINE + LOCAL_PROJECT[end:])
    assert (demo.deployment.pipeline, demo.push) == (None, None)


def test_a_project_that_is_not_local_is_refused_with_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        prepared(tmp_path, project=PROJECT)
    assert str(caught.value) == (
        "projects/flights/project.yaml does not list the environment local, to which `mlproject demo` deploys. "
        "Add `local: {}` under `environments:`."
    )


def test_the_first_project_in_local_is_shown_if_none_is_named(tmp_path: Path) -> None:
    later, first = (LOCAL_PROJECT.replace("name: flights", f"name: {name}") for name in ("wines", "houses"))
    elsewhere = PROJECT.replace("name: flights", "name: airports")
    write_files(
        tmp_path,
        environments=LOCAL_ENVIRONMENTS,
        projects={"wines": later, "houses": first, "airports": elsewhere},
    )
    demo = prepare_demo(load_valid_parameters(tmp_path), None, root=tmp_path)
    assert demo.deployment.project == "houses"


def test_without_the_environment_local_the_demo_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"environments\.yaml does not contain the environment local.*Add `local:`"):
        prepared(tmp_path, environments=ENVIRONMENTS, project=PROJECT)


def test_an_unknown_project_is_refused_with_the_closest_name(tmp_path: Path) -> None:
    write_files(tmp_path, environments=LOCAL_ENVIRONMENTS, projects={"flights": LOCAL_PROJECT})
    with pytest.raises(UserError, match=r"flihgts: no such project in projects/\. Did you mean flights\?"):
        prepare_demo(load_valid_parameters(tmp_path), "flihgts", root=tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("report.json", '{"metric": []}', r"report\.json:1: metric: unknown key\. Did you mean metrics\?"),
        ("data.json", "{}", r"data\.json:1: description: required key is missing"),
    ],
)
def test_errors_in_the_files_of_the_pipeline_are_found_before_anything_is_deployed(
    tmp_path: Path, file: str, text: str, message: str
) -> None:
    write_files(tmp_path, environments=LOCAL_ENVIRONMENTS, projects={"flights": LOCAL_PROJECT})
    (tmp_path / "pipelines" / "flight_delays" / file).write_text(text)
    with pytest.raises(UserError, match=message):
        prepare_demo(load_valid_parameters(tmp_path), "flights", root=tmp_path)


@pytest.mark.parametrize("source", [{}, {"source": {"s3": "s3://company-lake/wine/"}}])
def test_data_that_a_demo_cannot_have_is_refused_before_anything_is_deployed(
    tmp_path: Path, source: dict[str, object]
) -> None:
    write_files(tmp_path, environments=LOCAL_ENVIRONMENTS, projects={"flights": LOCAL_PROJECT})
    file = {"name": "a.csv", "bytes": 1, "sha256": "0" * 64}
    dataset = {"description": "a", "version": "1", "licence": "NOASSERTION", "origin": "b", "files": [file], **source}
    (tmp_path / "pipelines" / "flight_delays" / "data.json").write_text(json.dumps(dataset))
    with pytest.raises(UserError, match=r"data\.json: `mlproject demo` can only upload .* lock flight_delays --from"):
        prepare_demo(load_valid_parameters(tmp_path), "flights", root=tmp_path)


def test_the_settings_of_the_example_are_read(tmp_path: Path) -> None:
    write_files(tmp_path, environments=LOCAL_ENVIRONMENTS, projects={"flights": LOCAL_PROJECT})
    shutil.copy(FLIGHT_DELAYS / "report.json", tmp_path / "pipelines" / "flight_delays")
    demo = prepare_demo(load_valid_parameters(tmp_path), "flights", root=tmp_path)
    assert [metric.label for metric in demo.settings.metrics] == ["AUC", "Average precision", "Brier score"]
