"""The files of a small valid project, which tests break in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from mlproject.parameters import ParametersError, load_parameters
from tests.definition import folders

ENVIRONMENTS = """\
region: eu-west-1
tags:
  managed-by: mlproject
environments:
  dev:
    account: "111111111111"
    retain_data: false
    network: {new: {cidr: 10.20.0.0/16}}
  prod:
    account: "222222222222"
    network:
      imported:
        vpc_id: vpc-0123456789abcdef0
        subnet_ids: [subnet-11111111, subnet-22222222]
        zones: [eu-west-1a, eu-west-1b]
        endpoints: exist
"""

PROJECT = """\
name: flights
owner: data-science@example.com
cost_centre: CC-1001
storage:
  noncurrent_days: 30
  artifacts_expire_days: 180
  access_logs_expire_days: 365
pipeline:
  folder: flight_delays
  parameters:
    Margin: 0.02
environments:
  dev: {}
  prod:
    storage:
      archive_after_days: 60
"""

# The same project in one environment, with every key.
SERVICES = (
    PROJECT[: PROJECT.index("environments:")]
    + """\
notebooks:
  explore:
    instance_type: ml.t3.medium
    volume_gb: 20
    idle_minutes: 60
    users: [ana@example.com, eva]
    libraries: notebook
    repository:
      url: https://git.example.com/team/flights
      branch: main
      secret_arn: arn:aws:secretsmanager:eu-west-1:111111111111:secret:git-AbCdEf
emr:
  release: emr-7.13.0
  primary_instance_type: m5.xlarge
  core_instance_type: m5.2xlarge
  core_count: 1
  maximum_count: 3
  volume_gb: 64
  idle_minutes: 60
  libraries: emr
  generation: 1
  certificate_s3: s3://certificates/emr.zip
operations:
  emails: [ana@example.com]
  monthly_budget_usd: 300
  schedule: {expression: cron(0 4 * * ? *), timezone: Europe/Madrid}
existing_data:
  buckets:
    - {name: weather-history, prefixes: [raw/, shared/flights/]}
    - {name: airports, key_arn: "arn:aws:kms:eu-west-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef"}
  glue_databases: [weather]
  athena: {workgroup: analysts, results: s3://query-results/flights/}
environments:
  dev: {}
"""
)

LIBRARIES = {"notebook": "# Plain.\npandas>=2.2,<3  # Frames.\n\nscikit-learn\n", "emr": "tabulate>=0.9\n"}

DEFINITION = {
    "Parameters": [
        {"Name": "Margin", "Type": "Float", "DefaultValue": 0.01},
        {"Name": "Rounds", "Type": "Integer", "DefaultValue": 400},
        {"Name": "DataVersion", "Type": "String"},
        {"Name": "Retrain", "Type": "Boolean", "DefaultValue": False},
        {"Name": "InstanceType", "Type": "String", "EnumValues": ["ml.m5.large", "ml.m5.xlarge"]},
    ]
}


def write_files(
    root: Path,
    *,
    environments: str = ENVIRONMENTS,
    projects: dict[str, str] | None = None,
    libraries: dict[str, str] | None = None,
) -> Path:
    """Write the files. `projects` is the text of project.yaml by folder name; all have the same library lists."""
    (root / "environments.yaml").write_text(environments)
    for name, text in ({"flights": PROJECT} if projects is None else projects).items():
        folder = root / "projects" / name
        folder.mkdir(parents=True)
        (folder / "project.yaml").write_text(text)
        (folder / "libraries").mkdir()
        for stem, lines in (LIBRARIES if libraries is None else libraries).items():
            (folder / "libraries" / f"{stem}.txt").write_text(lines)
    pipeline = root / "pipelines" / "flight_delays"
    pipeline.mkdir(parents=True)
    (pipeline / "definition.json").write_text(json.dumps(DEFINITION))
    (pipeline / "pipeline.py").touch()
    (root / "requirements").mkdir()
    (root / "requirements" / "pipelines.txt").write_text("sagemaker==3.27.0\n")
    folders.lock(pipeline)
    return root


def replaced(text: str, old: str, new: str) -> str:
    """Return the text with one replacement; `old` must occur exactly once."""
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
    return text.replace(old, new)


def error_lines(root: Path) -> list[str]:
    """Return the error messages of `load_parameters`; empty if the files are valid."""
    try:
        load_parameters(root)
    except ParametersError as error:
        return [str(finding) for finding in error.findings]
    return []


@dataclass(frozen=True, kw_only=True)
class InvalidCase:
    """A case of a file in tests/parameters/invalid/: replaced lines and the expected messages.

        Args:
    title: the error.
    old: lines of the valid file.
    new: their replacement.
    expected: the error messages.
    """

    title: str
    old: str
    new: str
    expected: list[str]


def cases_in(name: str) -> list[InvalidCase]:
    """Return the cases of a file. Title lines start with `#`, removed lines `-`, added lines `+`, messages `!`."""
    path = Path(__file__).with_name("invalid") / name
    cases = []
    for block in path.read_text(encoding="utf-8").split("# ")[1:]:
        title, *lines = block.split("\n")
        marked = {mark: [line[1:] for line in lines if line[:1] == mark] for mark in "-+!"}
        old, new = ("".join(f"{line}\n" for line in marked[mark]) for mark in "-+")
        cases.append(InvalidCase(title=title, old=old, new=new, expected=[line[1:] for line in marked["!"]]))
    return cases
