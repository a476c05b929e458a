"""`mlproject deploy`: the commands it runs, in their order, also without changes and after it was killed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from embedded_aws import ACCOUNT
from tests.deploy.conftest import REGION, Cli, client_of
from tests.deploy.scratch_checkout import Checkout, statuses
from tests.libraries.registry import Registry

pytestmark = pytest.mark.deploy
DEPLOY = ("deploy", "aurora", "-e", "scratch")
STACKS = ("scratch-network", "aurora-scratch-storage", "aurora-scratch-pipeline", "aurora-scratch-notebooks")
CREATED = dict.fromkeys(STACKS, ("CREATE_COMPLETE", False))


def commands(output: str) -> list[str]:
    """Return the commands that `mlproject deploy` printed before running them."""
    return [line.removeprefix("$ ") for line in output.splitlines() if line.startswith("$ ")]


def test_the_libraries_are_in_the_bucket_before_the_stacks_that_install_them(
    checkout: Checkout, tmp_path: Path
) -> None:
    registry = Registry(folder=tmp_path / "registry")
    # The kernel of a notebook.
    registry.add("ipykernel", "6.0")
    registry.add("tiny-science", "1.0")
    team = dataclasses.replace(checkout, extra=registry.variables())
    project = team.add("aurora")
    project.write_text(project.read_text().replace("ml.t3.medium", "ml.t3.medium, libraries: science"))
    libraries = project.parent / "libraries" / "science.txt"
    libraries.parent.mkdir()
    libraries.write_text("tiny-science\n")
    team.mlproject("libraries", "lock", "aurora")

    said = team.mlproject(*DEPLOY, "--libraries")
    push, rest = "mlproject libraries push aurora --environment scratch", "cdk deploy 'scratch/aurora/*'"
    assert commands(said) == ["cdk deploy scratch/aurora/storage", push, rest]
    assert statuses(client_of(team.server)) == CREATED
    listed = client_of(team.server)("s3").list_objects_v2(Bucket=f"aurora-scratch-artifacts-{ACCOUNT}-{REGION}")
    assert any(each["Key"].endswith("tiny_science-1.0-py3-none-any.whl") for each in listed["Contents"])

    # Only the list changes.
    registry.add("tiny-science", "1.1")
    libraries.write_text("tiny-science>1\n")
    team.mlproject("libraries", "lock", "aurora")
    said = team.mlproject(*DEPLOY, "--libraries")
    assert commands(said) == [push]
    assert "1 wheel uploaded" in said
    assert "Every stack is up to date." in said
    # The embedded AWS installs no libraries.
    assert commands(team.mlproject(*DEPLOY)) == []


def test_nothing_is_run_without_changes_and_a_switched_off_protection_is_one(checkout: Checkout) -> None:
    client, cdk = client_of(checkout.server), Cli(checkout.server, checkout.root)
    checkout.add("aurora")
    said = checkout.mlproject("deploy", "aurora", "-e", "kept")
    assert commands(said) == ["cdk deploy 'kept/aurora/*'"]
    said = checkout.mlproject("deploy", "aurora", "-e", "kept")
    assert commands(said) == []
    assert "Every stack is up to date." in said
    # The CDK CLI agrees.
    assert cdk("deploy", "kept/aurora/*", "--require-approval", "never").count("(no changes)") == 4

    client("cloudformation").update_termination_protection(
        StackName="aurora-kept-storage", EnableTerminationProtection=False
    )
    said = checkout.mlproject("deploy", "aurora", "-e", "kept")
    assert commands(said) == ["cdk deploy 'kept/aurora/*'"]
    assert statuses(client)["aurora-kept-storage"] == ("CREATE_COMPLETE", True)


def test_an_account_that_is_not_bootstrapped_is_refused_with_the_command_that_does_it(checkout: Checkout) -> None:
    checkout.add("aurora")
    file = checkout.root / "environments.yaml"
    file.write_text(file.read_text().replace("  scratch:\n", "  scratch:\n    bootstrap_qualifier: team1\n"))
    said = checkout.mlproject(*DEPLOY, code=2)
    command = f"cdk bootstrap aws://{ACCOUNT}/{REGION} --qualifier team1 --toolkit-stack-name CDKToolkit-team1"
    assert f"scratch is not bootstrapped with the qualifier team1. Run `{command}`, or the commands" in said
    assert statuses(client_of(checkout.server)) == {}


def test_a_killed_deployment_is_continued_by_the_next_one(checkout: Checkout) -> None:
    checkout.add("aurora")
    with checkout.deploying("aurora-scratch-storage", *DEPLOY) as (process, children):
        process.kill()
        for child in children:
            child.kill()
    assert statuses(client_of(checkout.server)) != CREATED

    checkout.mlproject(*DEPLOY)
    assert statuses(client_of(checkout.server)) == CREATED
