"""`mlproject new`: a project that passes `mlproject check`, can be synthesized, and is created as a whole or not."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.checkouts import lay_out_example
from tests.templates.new_project import REQUIRED, environment, files, mlproject, synthesize

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out_example(tmp_path / "checkout")


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which no test creates a project."""
    return lay_out_example(tmp_path_factory.mktemp("unchanged") / "checkout")


@pytest.mark.parametrize(
    ("stage", "stacks"),
    [
        ("explore", {"notebooks", "storage"}),
        ("develop", {"notebooks", "pipeline", "storage"}),
        ("production", {"notebooks", "operations", "pipeline", "storage"}),
    ],
)
def test_a_new_project_passes_check_and_has_the_stacks_of_its_stage(root: Path, stage: str, stacks: set[str]) -> None:
    done = mlproject(root, "new", "my-wine", *REQUIRED, "--stage", stage, "-e", "local", "-e", "dev")
    assert (done.returncode, done.stderr) == (0, "")
    assert "mlproject deploy my-wine --environment local" in done.stdout
    checked = mlproject(root, "check")
    assert (checked.returncode, checked.stderr) == (0, "")
    synthesize(root, root / "cdk.out", project="my-wine", environment="dev")
    assert _stacks(root) == stacks
    assert (root / "pipelines" / "my_wine").exists() == (root / "data" / "my_wine").exists() == (stage != "explore")


def _stacks(root: Path) -> set[str]:
    manifest = json.loads((root / "cdk.out" / "assembly-dev" / "manifest.json").read_text())
    names = [
        each["properties"]["stackName"]
        for each in manifest["artifacts"].values()
        if each["type"] == "aws:cloudformation:stack"
    ]
    return {name.removeprefix("my-wine-dev-") for name in names if name.startswith("my-wine-dev-")}


def test_no_environment_means_the_embedded_aws(root: Path) -> None:
    assert mlproject(root, "new", "wine", *REQUIRED).returncode == 0
    content = YAML(typ="safe").load(root / "projects" / "wine" / "project.yaml")
    assert list(content["environments"]) == ["local"]
    assert content["notebooks"]["explore"]["users"] == ["team@example.com"]


@pytest.mark.parametrize(("environments", "budget"), [(("local",), 100), (("local", "north"), None)])
def test_a_budget_is_left_out_where_a_region_has_none_and_refused_if_it_is_asked_for(
    root: Path, environments: tuple[str, ...], budget: int | None
) -> None:
    file = root / "environments.yaml"
    north = '  north: {account: "444444444444", region: eu-north-1, network: {new: {cidr: 10.30.0.0/16}}}\n'
    file.write_text(file.read_text().replace("\nenvironments:\n", f"\nenvironments:\n{north}"))
    given = ("new", "wine", *REQUIRED, "--stage", "production", *(f"--environment={name}" for name in environments))
    if budget is None:
        done = mlproject(root, *given, "--budget", "100")
        assert (done.returncode, "CloudFormation has no AWS::Budgets::Budget in eu-north-1" in done.stderr) == (2, True)
    done = mlproject(root, *given)
    assert (done.returncode, done.stderr) == (0, "")
    content = YAML(typ="safe").load(root / "projects" / "wine" / "project.yaml")
    assert content["operations"].get("monthly_budget_usd") == budget


@pytest.mark.parametrize("owner", ["Data & Science: team", "yes", "#1", "Peña's team"])
def test_any_valid_owner_is_written_as_it_is_and_any_other_is_refused(root: Path, owner: str) -> None:
    before = files(root)
    done = mlproject(root, "new", "wine", "--owner", owner, "--cost-centre", "007")
    if done.returncode:
        assert done.stderr.startswith("error: --owner: ")
        assert files(root) == before
        return
    content = YAML(typ="safe").load(root / "projects" / "wine" / "project.yaml")
    assert (content["owner"], content["cost_centre"]) == (owner, "007")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Wine", *REQUIRED), "'Wine' is not a valid project name. Choose another name of lower-case letters"),
        (("../wine", *REQUIRED), "'../wine' is not a valid project name."),
        (("sthree-wine", *REQUIRED), "sthree-wine is reserved by AWS or mlproject. Choose another name"),
        (("w" * 60, *REQUIRED), "has 60 characters, but the name of the bucket `access-logs` in local leaves room for"),
        (("flights", *REQUIRED), "projects/flights exists already, so nothing was created."),
        (("flight-delays", *REQUIRED), "pipelines/flight_delays exists already, so nothing was created."),
        (("wine", *REQUIRED, "-e", "prd"), "prd: no such environment in environments.yaml. Did you mean prod?"),
        (("wine", *REQUIRED, "--stage", "develp"), "--stage develp: no such stage. Did you mean develop?"),
        (("wine",), "--owner and --cost-centre: missing, and there is no terminal to ask on. Example: `mlproject new"),
        ((), "NAME, --owner and --cost-centre: missing"),
        (("wine", "--owner", "Ana", "--cost-centre", "7", "--stage", "production"), "--email: missing"),
        (("wine", *REQUIRED, "--stage", "production", "--budget", "0"), "--budget: "),
        (("wine", *REQUIRED, "--stage", "production", "--email", "ana"), "--email: "),
        (("wine", *REQUIRED, "--stage", "explore", "--data", "data"), "--data: the stage explore has no pipeline"),
        (("wine", *REQUIRED, "--data", "nowhere"), "--data nowhere: no such folder."),
        (("wine", *REQUIRED, "--target", "price"), "--target: names a column of your own CSV files."),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, tuple) else "",
)
def test_a_refusal_is_one_sentence_and_nothing_is_written(
    unchanged: Path, arguments: tuple[str, ...], message: str
) -> None:
    before = files(unchanged)
    done = mlproject(unchanged, "new", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert files(unchanged) == before


def test_own_data_is_described_where_it_is(root: Path) -> None:
    folder = root / "houses"
    folder.mkdir()
    (folder / "houses.csv").write_text("rooms,garden,sold\n3,yes,no\n4,no,yes\n")
    missing = mlproject(root, "new", "houses", *REQUIRED, "--data", "houses", "--target", "solt")
    assert "houses.csv has no such column. Did you mean sold? Columns: garden, rooms, sold." in missing.stderr

    done = mlproject(root, "new", "houses", *REQUIRED, "--data", "houses", "--target", "sold")
    assert (done.returncode, done.stderr) == (0, "")
    described = json.loads((root / "pipelines" / "houses" / "data.json").read_text())
    assert described["source"] == {"folder": "houses"}
    definition = json.loads((root / "pipelines" / "houses" / "definition.json").read_text())
    defaults = {each["Name"]: each["DefaultValue"] for each in definition["Parameters"]}
    assert (defaults["Target"], defaults["DataVersion"]) == ("sold", described["version"])
    assert not (root / "data").exists()
    assert mlproject(root, "check").returncode == 0


def test_a_terminal_is_asked_for_what_is_missing_until_the_answers_are_valid(root: Path) -> None:
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "mlproject.cli.main", "new"],
        cwd=root, env=environment({"TERM": "dumb"}), stdin=terminal, stdout=terminal, stderr=terminal, close_fds=True,
    ) as process:  # fmt: skip
        os.close(terminal)
        os.write(controller, b"Wine\nflights\nwine\n\nteam@example.com\nCC-7\ndev lokal\n\nexplore\n")
        shown = _read_all(controller)
        assert process.wait() == 0, shown
    os.close(controller)
    assert "Use lower-case letters, digits and single hyphens, and start with a letter." in shown
    assert "projects/flights exists already. Choose another name." in shown
    assert "An answer is required." in shown
    assert "Unknown: lokal. Choose from dev, pre, prod, local." in shown
    assert "projects/wine: new (1 file)" in shown
    assert mlproject(root, "check").returncode == 0


def _read_all(terminal: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux reports the end of a terminal as an error
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode()


def test_a_pipeline_alone_moves_an_explored_project_on(root: Path) -> None:
    assert mlproject(root, "new", "wine", *REQUIRED, "--stage", "explore").returncode == 0
    done = mlproject(root, "pipeline", "new", "wine")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Add `pipeline: {folder: wine}` to the project.yaml of its project."
    file = root / "projects" / "wine" / "project.yaml"
    file.write_text(file.read_text() + "pipeline: {folder: wine}\n")
    checked = mlproject(root, "check")
    assert (checked.returncode, checked.stderr) == (0, "")

    for name, message in (("wine", "data/wine exists already"), ("my-wine", "'my-wine' is not a valid pipeline name.")):
        refused = mlproject(root, "pipeline", "new", name)
        assert refused.returncode == 2
        assert message in refused.stderr
