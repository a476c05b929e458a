"""A build runs in the SDK's own environment, isolated from the user's settings, and writes all files or none."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from mlproject.definition import read_definition
from mlproject.definition.build import build_definition, definition_text
from mlproject.errors import UserError
from tests.definition.folders import FLIGHT_DELAYS, copied, document


def stand_in(root: Path, *, prints: str = "", body: str = "") -> None:
    """Create a pipeline.py that requires no SDK, and a fake environment to run it."""
    python = root / ".venv-pipelines" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (root / ".venv-pipelines" / ".installed").touch()
    lines = f"print({prints!r})\n" if prints else textwrap.dedent(body)
    (root / "pipelines" / "flight_delays" / "pipeline.py").write_text(lines)


def printed(found: dict[str, Any]) -> str:
    return json.dumps({**found, "MlflowConfig": None})


def test_what_the_pipeline_prints_becomes_the_sorted_definition_with_its_lock(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    stand_in(tmp_path, prints=printed(document()))
    assert build_definition("flight_delays", root=tmp_path) == "unchanged"  # the same document: only the lock differs
    assert (folder / "definition.json").read_bytes() == (FLIGHT_DELAYS / "definition.json").read_bytes()
    assert read_definition(folder).staleness() is None
    assert read_definition(folder).hash != read_definition(FLIGHT_DELAYS).hash


def test_a_changed_definition_is_reported_as_changed(tmp_path: Path) -> None:
    copied(tmp_path)
    found = document()
    found["Parameters"][1]["DefaultValue"] = 300
    stand_in(tmp_path, prints=printed(found))
    assert build_definition("flight_delays", root=tmp_path) == "changed"


def test_a_first_definition_is_reported_as_new(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "definition.json").unlink()
    stand_in(tmp_path, prints=printed(document()))
    assert build_definition("flight_delays", root=tmp_path) == "new"


def test_null_keys_are_left_out_since_the_service_refuses_unknown_ones(tmp_path: Path) -> None:
    copied(tmp_path)
    stand_in(tmp_path, prints=printed(document()))
    assert "Mlflow" not in definition_text("flight_delays", root=tmp_path)


@pytest.mark.parametrize("leak", ["s3://bucket-eu-west-1", "111122223333", "arn:sentinel:iam::0:role/sentinel"])
def test_a_region_an_account_or_a_stand_in_stops_the_build_and_changes_nothing(tmp_path: Path, leak: str) -> None:
    folder = copied(tmp_path)
    before = (folder / "definition.json").read_bytes()
    found = document()
    found["Parameters"][0]["DefaultValue"] = leak
    stand_in(tmp_path, prints=printed(found))
    with pytest.raises(UserError, match=r"which is specific to one environment\. Use a placeholder"):
        build_definition("flight_delays", root=tmp_path)
    assert (folder / "definition.json").read_bytes() == before


def test_a_definition_that_the_service_would_refuse_is_not_written(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    before = (folder / "definition.json").read_bytes()
    found = document()
    found["Steps"][0]["Arguments"]["RoleArn"] = 5
    found["Steps"][1]["Arguments"]["RoleArn"] = 5
    stand_in(tmp_path, prints=printed(found))
    with pytest.raises(UserError) as refused:
        build_definition("flight_delays", root=tmp_path)
    assert [line.split(": ")[1] for line in str(refused.value).splitlines()] == ["Prepare", "Train"]
    assert (folder / "definition.json").read_bytes() == before


def test_an_unknown_placeholder_stops_the_build(tmp_path: Path) -> None:
    copied(tmp_path)
    found = document()
    found["Metadata"] = {"Place": "${DataBuckets}"}
    stand_in(tmp_path, prints=printed(found))
    with pytest.raises(UserError, match=r"\$\{DataBuckets\} is not a placeholder. Did you mean DataBucket\?"):
        build_definition("flight_delays", root=tmp_path)


def test_a_pipeline_py_that_ends_without_a_word_is_told(tmp_path: Path) -> None:
    copied(tmp_path)
    stand_in(tmp_path, body="raise SystemExit(2)")
    with pytest.raises(UserError, match=r"pipelines\.flight_delays\.pipeline: failed in \.venv-pipelines"):
        build_definition("flight_delays", root=tmp_path)


def test_an_error_of_pipeline_py_is_shown_with_its_last_lines(tmp_path: Path) -> None:
    copied(tmp_path)
    stand_in(tmp_path, body="raise ValueError('margin is no number')")
    with pytest.raises(UserError, match=r"failed in \.venv-pipelines:\n(.*\n)*  ValueError: margin is no number"):
        build_definition("flight_delays", root=tmp_path)


def test_anything_else_printed_is_refused(tmp_path: Path) -> None:
    copied(tmp_path)
    stand_in(tmp_path, prints="hello")
    with pytest.raises(UserError, match=r"pipelines\.flight_delays\.pipeline: invalid JSON output"):
        build_definition("flight_delays", root=tmp_path)


def test_the_users_settings_do_not_reach_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied(tmp_path)
    for name in ("AWS_PROFILE", "AWS_REGION", "SAGEMAKER_ROLE", "PYTHONPATH", "HOME"):
        monkeypatch.setenv(name, "leak")
    stand_in(tmp_path, body="import json, os\nprint(json.dumps(dict(os.environ)))")
    seen = json.loads(definition_text("flight_delays", root=tmp_path))
    assert "leak" not in seen.values()
    assert set(seen) - {"PWD", "SHLVL", "_", "OLDPWD", "LC_CTYPE"} == {"PATH", "HOME", "LANG", "TZ", "PYTHONHASHSEED"}


@pytest.mark.parametrize("interrupted", [False, True])
def test_without_the_sdks_environment_the_command_that_makes_it_is_named(interrupted: bool, tmp_path: Path) -> None:
    copied(tmp_path)
    if interrupted:
        stand_in(tmp_path, prints=printed(document()))
        (tmp_path / ".venv-pipelines" / ".installed").unlink()
    with pytest.raises(UserError, match=r"\.venv-pipelines: .* Run `make pipelines`"):
        build_definition("flight_delays", root=tmp_path)


def test_an_unknown_pipeline_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    copied(tmp_path)
    with pytest.raises(UserError, match=r"no such pipeline. Did you mean flight_delays\?"):
        build_definition("flights_delay", root=tmp_path)


def test_a_folder_without_its_source_says_what_is_missing(tmp_path: Path) -> None:
    copied(tmp_path)
    (tmp_path / "pipelines" / "credit_risk").mkdir()
    with pytest.raises(UserError, match=r"pipelines/credit_risk: pipeline\.py, which builds .*, is missing"):
        build_definition("credit_risk", root=tmp_path)


def test_a_folder_that_python_cannot_import_is_refused(tmp_path: Path) -> None:
    copied(tmp_path).rename(tmp_path / "pipelines" / "flight-delays")
    with pytest.raises(UserError, match="Use only letters, digits and _"):
        build_definition("flight-delays", root=tmp_path)
