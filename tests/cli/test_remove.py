"""`mlproject remove`: refused while the project is deployed or may be; its files are moved, not deleted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from tests.cli.checkout import REGION, Checkout, clients, lay_out

pytestmark = pytest.mark.slow

Client = Callable[[str], Any]
TEMPLATE = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws, REGION)


def only_embedded(checkout: Checkout) -> None:
    """Leave the environment `kept`, which is in the embedded AWS's own account, as the project's only one."""
    file = checkout.root / "projects" / checkout.project / "project.yaml"
    file.write_text(file.read_text().replace("  dev: {}\n", "").replace("  local: {}\n", ""))


def moved(checkout: Checkout) -> list[str]:
    folder = checkout.root / ".mlproject" / "removed"
    return sorted(path.relative_to(folder).as_posix().partition("/")[2] for path in folder.rglob("*") if path.is_file())


def test_a_deployed_project_is_kept_until_its_stacks_are_destroyed(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = lay_out(tmp_path, project="standing", server=embedded_aws)
    file = tmp_path / "projects" / "standing" / "project.yaml"
    (tmp_path / "snapshots" / "kept" / "standing").mkdir(parents=True)
    (tmp_path / "snapshots" / "kept" / "standing" / "storage.json").write_text("{}")
    tags = [{"Key": "project", "Value": "standing"}, {"Key": "environment", "Value": "kept"}]
    client("cloudformation").create_stack(StackName="standing-kept-storage", TemplateBody=TEMPLATE, Tags=tags)

    # Also if project.yaml no longer lists the environment.
    file.write_text(file.read_text().replace("  kept: {}\n", ""))
    done = checkout.run("remove", "standing", "--yes", "--i-know-it-is-not-deployed")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: standing is still deployed in kept (standing-kept-storage), so nothing was removed. Save the data that "
        "you need, then run `mlproject destroy standing --environment kept`.\n"
    )
    assert file.exists()

    client("cloudformation").delete_stack(StackName="standing-kept-storage")
    done = checkout.run("remove", "standing", "--yes", "--i-know-it-is-not-deployed")
    assert (done.returncode, done.stderr) == (0, "")
    assert moved(checkout) == ["projects/standing/project.yaml", "snapshots/kept/standing/storage.json"]
    assert not file.parent.exists()
    assert not (tmp_path / "snapshots" / "kept" / "standing").exists()
    assert (tmp_path / "pipelines" / "tiny" / "data.json").exists()
    assert "No project uses pipelines/tiny any more." in done.stdout
    assert checkout.run("remove", "standing", "--yes").returncode == 2


def test_an_environment_that_cannot_be_reached_is_named_and_needs_the_flag(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path, project="far")
    checkout = Checkout(root=checkout.root, project="far", variables={"AWS_PROFILE": "nobody"})
    done = checkout.run("remove", "far", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith("error: far may be deployed in environments that cannot be reached, so nothing was removed")
    assert "--i-know-it-is-not-deployed" in first
    assert second.startswith("  dev: ")
    assert (tmp_path / "projects" / "far" / "project.yaml").exists()

    done = checkout.run("remove", "far", "--yes", "--i-know-it-is-not-deployed")
    assert (done.returncode, done.stderr) == (0, "")
    assert "dev was not checked: " in done.stdout
    assert moved(checkout) == ["projects/far/project.yaml"]


def test_an_unreachable_environment_that_the_project_never_listed_is_only_named(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path, project="near")
    only_embedded(checkout)
    checkout = Checkout(root=checkout.root, project="near", variables={"AWS_PROFILE": "nobody"})
    done = checkout.run("remove", "near", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "dev was not checked: " in done.stdout


def test_nothing_is_removed_without_a_confirmation(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="asked", server=embedded_aws)
    only_embedded(checkout)
    done = checkout.run("remove", "asked", answer="n\n")
    assert (done.returncode, done.stderr) == (1, "error: nothing was removed.\n")
    assert (tmp_path / "projects" / "asked" / "project.yaml").exists()
    assert checkout.run("remove", "asked", answer="y\n").returncode == 0


def test_a_project_with_errors_can_be_removed_and_an_unknown_one_is_refused(
    tmp_path: Path, embedded_aws: aws.Server
) -> None:
    checkout = lay_out(tmp_path, project="broken", server=embedded_aws)
    shutil.copytree(tmp_path / "projects" / "broken", tmp_path / "projects" / "fine")
    file = tmp_path / "projects" / "broken" / "project.yaml"
    file.write_text(file.read_text().replace("owner: team@example.com\n", ""))
    done = checkout.run("remove", "brokn", "--yes")
    assert (done.returncode, done.stderr.partition("Known")[0]) == (
        2,
        "error: brokn: no such project in projects/. Did you mean broken? ",
    )
    done = checkout.run("remove", "broken", "--yes", "--i-know-it-is-not-deployed")
    assert (done.returncode, done.stderr) == (0, "")
    assert not file.exists()


def test_the_shell_may_still_lead_to_an_embedded_aws_that_was_stopped(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path, project="leaving")
    only_embedded(checkout)
    server = aws.start(checkout.root / ".mlproject" / "local")
    variables = server.environment(aws.ACCOUNT, REGION)
    aws.stop(checkout.root / ".mlproject" / "local")
    shell = Checkout(root=checkout.root, project=checkout.project, variables=variables)
    done = shell.run("remove", "leaving", "--yes")
    assert done.returncode == 0, done.stderr
    assert "projects/leaving/project.yaml" in moved(checkout)
