"""One team's mistake in its project.yaml stops no other team's commands; its own are refused with the mistake."""

from __future__ import annotations

import json

import pytest

import embedded_aws as aws
from tests.cli.checkout import Checkout, clients, lay_out

COMMANDS = (
    ("architecture", "{project}", "-e", "local"),
    ("cluster", "status", "{project}", "-e", "local"),
    ("data", "push", "{project}", "--environment", "local"),
    ("deploy", "{project}", "-e", "local"),
    ("diff", "{project}", "-e", "local"),
    ("empty", "{project}", "--environment", "local", "--yes"),
    ("guard", "{project}", "-e", "local"),
    ("libraries", "push", "{project}", "--environment", "local"),
    ("open", "{project}", "--environment", "local"),
    ("preflight", "-e", "local", "--project", "{project}"),
    ("run", "{project}", "--environment", "local"),
)
OF_ENVIRONMENTS = (("stacks", "-e", "local"), ("lock", "-e", "local"), ("preflight", "-e", "local"))
MISTAKE = "storage.noncurrent_days"


WRONG = ("aardvark", "zebra")


@pytest.fixture(scope="module")
def checkout(embedded_aws: aws.Server, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A right project between two wrong ones."""
    found = lay_out(tmp_path_factory.mktemp("teams"), project="middle", server=embedded_aws)
    right = (found.root / "projects" / "middle" / "project.yaml").read_text()
    for name in WRONG:
        text = right.replace("name: middle", f"name: {name}").replace("noncurrent_days: 1", "noncurrent_days: 0")
        (found.root / "projects" / name).mkdir()
        (found.root / "projects" / name / "project.yaml").write_text(text)
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_a_command_of_one_project_says_nothing_of_another_ones_mistake(
    command: tuple[str, ...], checkout: Checkout
) -> None:
    done = checkout.run(*(word.format(project="middle") for word in command))
    assert MISTAKE not in done.stdout + done.stderr
    assert "unexpected" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_a_command_of_the_project_with_the_mistake_is_refused_with_it(
    command: tuple[str, ...], checkout: Checkout
) -> None:
    wrong = WRONG[COMMANDS.index(command) % 2]
    done = checkout.run(*(word.format(project=wrong) for word in command))
    assert done.returncode == 2
    assert f"projects/{wrong}/project.yaml:" in done.stderr
    assert MISTAKE in done.stderr


@pytest.mark.parametrize("command", OF_ENVIRONMENTS, ids=lambda command: command[0])
def test_a_command_of_an_environment_goes_on_without_the_project(command: tuple[str, ...], checkout: Checkout) -> None:
    assert checkout.run(*command).returncode != 2


def test_the_project_with_the_mistake_is_no_orphan(checkout: Checkout, embedded_aws: aws.Server) -> None:
    wrong = WRONG[0]
    cloudformation = clients(embedded_aws, "eu-south-2")("cloudformation")
    tags = [{"Key": "project", "Value": wrong}, {"Key": "environment", "Value": "local"}]
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}}
    body = json.dumps({"Resources": {"Parameter": parameter}})
    cloudformation.create_stack(StackName=f"{wrong}-local-storage", TemplateBody=body, Tags=tags)
    done = checkout.run("stacks", "-e", "local")
    cloudformation.delete_stack(StackName=f"{wrong}-local-storage")
    assert f"{wrong}-local-storage" in done.stdout
    # Tests of other projects share the server.
    assert f"mlproject destroy {wrong}" not in done.stdout


def test_the_whole_repository_is_still_checked(checkout: Checkout) -> None:
    done = checkout.run("check")
    assert done.returncode == 2
    assert MISTAKE in done.stderr


def test_a_file_that_cannot_be_read_stops_no_other_project_either(checkout: Checkout) -> None:
    wrong = WRONG[0]
    file = checkout.root / "projects" / wrong / "project.yaml"
    before = file.read_text()
    file.write_text("name: [")
    done = checkout.run("cluster", "status", "middle", "-e", "local")
    file.write_text(before)
    assert f"projects/{wrong}" not in done.stderr
