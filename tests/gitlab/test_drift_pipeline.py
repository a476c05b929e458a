"""`mlproject gitlab drift-pipeline`: a job for each environment that CI can reach."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.cli.main import main
from tests.checkouts import ROOT
from tests.gitlab.ci_schema import read_valid_pipeline
from tests.parameters.sample_files import ENVIRONMENTS, write_files

LAPTOP = f"""\
  local:
    account: "{aws.ACCOUNT}"
    network: {{new: {{cidr: 10.29.0.0/16}}}}
"""
ADDED = LAPTOP.replace("local", "audit").replace(aws.ACCOUNT, "777777777777").replace("10.29", "10.30")


def write_pipeline(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["mlproject", "gitlab", "drift-pipeline", "build/drift.yml"])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


def test_an_added_environment_gets_a_job_of_its_own_and_the_laptop_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, environments=ENVIRONMENTS + LAPTOP + ADDED)
    assert write_pipeline(tmp_path, monkeypatch) == 0
    pipeline = read_valid_pipeline(tmp_path / "build" / "drift.yml")
    (include,) = pipeline["include"]
    jobs = {name: job for name, job in pipeline.items() if ":" in name}
    assert set(jobs) == {"drift:dev", "drift:prod", "drift:audit"}
    for name, job in jobs.items():
        assert job["variables"] == {"MLPROJECT_ENVIRONMENT": name.removeprefix("drift:")}
        assert job["extends"] in read_valid_pipeline(ROOT / include["local"])


def test_environments_on_the_laptop_only_are_one_sentence_and_no_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only = ENVIRONMENTS[: ENVIRONMENTS.index("environments:")] + "environments:\n" + LAPTOP
    write_files(tmp_path, environments=only, projects={})
    assert write_pipeline(tmp_path, monkeypatch) == 2
    printed = capsys.readouterr().err
    assert (printed.count("\n"), "Add an environment with an account of AWS" in printed) == (1, True)
    assert not (tmp_path / "build").exists()
