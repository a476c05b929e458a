"""The keys of an EMR Serverless application: their defaults and errors, and the Spark steps that run on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import Deployment, EmrServerless, load_parameters
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, error_lines, replaced, write_files

CLUSTER = "emr: {primary_instance_type: m5.xlarge, core_instance_type: m5.xlarge}\n"


def loaded(root: Path, project: str) -> Deployment:
    return load_parameters(write_files(root, projects={"flights": project})).deployment("flights", "dev")


def test_an_application_needs_no_key_and_has_room_for_the_workers_with_which_a_job_starts(tmp_path: Path) -> None:
    found = loaded(tmp_path, "emr_serverless: {}\n" + PROJECT).emr_serverless
    assert found == EmrServerless()
    assert (found.release, found.architecture, found.idle_minutes) == ("emr-7.13.0", "x86_64", 15)
    assert (found.maximum_vcpus, found.maximum_memory_gb, found.maximum_disk_gb) == (16, 64, None)


def test_a_project_can_have_only_an_application_and_an_environment_can_remove_it(tmp_path: Path) -> None:
    start = PROJECT.index("pipeline:")
    alone = f"{PROJECT[:start]}emr_serverless: {{idle_minutes: 5}}\n{PROJECT[PROJECT.index('environments:') :]}"
    both = replaced(alone, "  dev: {}\n", "  dev: {emr_serverless: {maximum_vcpus: 100}}\n")
    (tmp_path / "both").mkdir()
    assert loaded(tmp_path / "both", both).emr_serverless == EmrServerless(idle_minutes=5, maximum_vcpus=100)
    removed = replaced(alone, "  dev: {}\n", "  dev: {emr_serverless: null}\n")
    (line,) = error_lines(write_files(tmp_path, projects={"flights": removed}))
    assert "flights has nothing to deploy in dev" in line
    assert "emr_serverless" in line


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("release: emr-6.15.0", "emr-6.15.0 is not supported"),
        ("architecture: graviton", "graviton is not allowed. Allowed: x86_64 or arm64"),
        ("maximum_vcpus: 4", "4 is not allowed. Allowed: a whole number, 8 to 4000"),
        ("maximum_memory_gb: 16", "16 is not allowed. Allowed: whole GB, 32 to 30000"),
        ("maximum_disk_gb: 20", "20 is not allowed. Allowed: whole GB, 40 to 200000"),
        ("idle_minutes: 10081", "10081 is not allowed. Allowed: whole minutes, 1 to 10080"),
        ("libraries: emr", "libraries"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(tmp_path: Path, values: str, expected: str) -> None:
    write_files(tmp_path, projects={"flights": f"emr_serverless: {{{values}}}\n{PROJECT}"})
    (line,) = error_lines(tmp_path)
    assert line.startswith("projects/flights/project.yaml:1: emr_serverless")
    assert expected in line


def test_tags_with_letters_that_emr_serverless_does_not_accept_are_refused_for_an_application(tmp_path: Path) -> None:
    environments = replaced(ENVIRONMENTS, "  managed-by: mlproject\n", "  año: x\n")
    project = replaced(PROJECT, "owner: data-science@example.com\n", "owner: José\ntags: {team: Logroño}\n")
    with_application = replaced(project, "  dev: {}\n", "  dev: {emr_serverless: {}}\n")
    without, within = tmp_path / "without", tmp_path / "with"
    without.mkdir()
    within.mkdir()
    write_files(without, environments=environments, projects={"flights": project})
    assert error_lines(without) == []
    write_files(within, environments=environments, projects={"flights": with_application})
    reason = "the application of emr_serverless in dev gets this tag, and EMR Serverless does not accept"
    allowed = "Allowed: letters without accents, digits, spaces and . : / = + - @ _."
    assert error_lines(within) == [
        f"environments.yaml:3: tags.año: {reason} año. {allowed}",
        f"projects/flights/project.yaml:2: owner: {reason} José. {allowed}",
        f"projects/flights/project.yaml:3: tags.team: {reason} Logroño. {allowed}",
    ]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [(CLUSTER, "emr"), ("emr_serverless: {}\n", "emr_serverless"), (f"emr_serverless: {{}}\n{CLUSTER}", "emr")],
)
def test_spark_steps_run_on_the_application_if_there_is_no_cluster(tmp_path: Path, keys: str, expected: str) -> None:
    spark = replaced(PROJECT, "  folder: flight_delays\n", "  folder: flight_delays\n  engine: spark\n")
    for name, project, steps in (("spark", spark, expected), ("pandas", PROJECT, None)):
        (tmp_path / name).mkdir()
        assert loaded(tmp_path / name, keys + project).spark_steps == steps


def test_a_cluster_of_fleets_is_refused_for_spark_steps_also_beside_an_application(tmp_path: Path) -> None:
    fleets = "emr: {primary_instance_type: m5.xlarge, core_fleet: {instance_types: {m5.xlarge: 1}, spot_units: 1}}\n"
    spark = replaced(PROJECT, "  folder: flight_delays\n", "  folder: flight_delays\n  engine: spark\n")
    write_files(tmp_path, projects={"flights": f"emr_serverless: {{}}\n{fleets}{spark}"})
    assert any("has fleets, and the steps create clusters" in line for line in error_lines(tmp_path))


def test_an_application_without_keys_is_enough_to_deploy(tmp_path: Path) -> None:
    rest = PROJECT[PROJECT.index("environments:") :]
    alone = f"{PROJECT[: PROJECT.index('pipeline:')]}{rest}".replace("  dev: {}\n", "  dev: {emr_serverless: {}}\n")
    lines = error_lines(write_files(tmp_path, projects={"flights": alone}))
    assert ["nothing to deploy in prod" in line for line in lines] == [True]


NOTEBOOKS = "notebooks: {one: {instance_type: ml.t3.medium}, two: {instance_type: ml.t3.medium, cluster: CHOICE}}\n"


@pytest.mark.parametrize(
    ("keys", "choice", "expected"),
    [
        ("emr_serverless: {}\n", "emr_serverless", ("emr_serverless", "emr_serverless")),
        (CLUSTER, "main", ("main", "main")),
        (f"emr_serverless: {{}}\n{CLUSTER}", "emr_serverless", ("main", "emr_serverless")),
        (f"emr_serverless: {{}}\n{CLUSTER}", "main", ("main", "main")),
        ("", None, (None, None)),
    ],
)
def test_a_notebook_uses_the_application_if_it_says_so_or_if_there_is_no_cluster(
    tmp_path: Path, keys: str, choice: str | None, expected: tuple[str | None, ...]
) -> None:
    notebooks = NOTEBOOKS.replace(", cluster: CHOICE", f", cluster: {choice}" if choice else "")
    found = loaded(tmp_path, notebooks + keys + PROJECT)
    assert tuple(found.spark_of(each) for each in found.notebooks) == expected
    assert found.notebooks_use_application is ("emr_serverless" in expected)
