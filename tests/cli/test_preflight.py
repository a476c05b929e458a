"""`mlproject preflight`: what stands in the way of a first deploy, with what mends it, in words and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import embedded_aws as aws
from tests.cli.checkout import Checkout, lay_out

REGION = "eu-south-2"


def checkout(tmp_path: Path, server: aws.Server) -> Checkout:
    return lay_out(tmp_path, project="inspected", server=server)


def test_an_account_that_is_not_ready_is_told_what_to_do(tmp_path: Path, embedded_aws: aws.Server) -> None:
    done = checkout(tmp_path, embedded_aws).run("preflight", "-e", "local")
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"local: account {aws.ACCOUNT}, {REGION} (the embedded AWS)"
    place = lines.index("  ✗ bootstrap: not bootstrapped with the qualifier hnb659fds")
    assert lines[place + 1] == f"      cdk bootstrap aws://{aws.ACCOUNT}/{REGION}"
    assert any(line.startswith("  ✓ zones") for line in lines)
    assert lines[-1].endswith("1 problem")


def test_machines_read_the_same_as_json(tmp_path: Path, embedded_aws: aws.Server) -> None:
    done = checkout(tmp_path, embedded_aws).run("preflight", "-e", "local", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (1, False)
    problems = [outcome["topic"] for outcome in document["outcomes"] if outcome["state"] == "problem"]
    assert problems == ["bootstrap"]


def test_an_unknown_environment_is_refused_with_the_nearest(tmp_path: Path) -> None:
    done = lay_out(tmp_path).run("preflight", "-e", "locla")
    assert done.returncode == 2
    assert "Did you mean local?" in done.stderr


def test_libraries_of_unknown_size_are_reported_beside_the_volumes(tmp_path: Path, embedded_aws: aws.Server) -> None:
    inspected = checkout(tmp_path, embedded_aws)
    folder = tmp_path / "projects" / "inspected"
    with (folder / "project.yaml").open("a") as file:
        file.write("notebooks:\n  explore: {instance_type: ml.t3.medium, libraries: science}\n")
    (folder / "libraries").mkdir()
    (folder / "libraries" / "science.txt").write_text("pandas\n")
    document = json.loads(inspected.run("preflight", "-e", "local", "--json").stdout)
    (volumes,) = (outcome for outcome in document["outcomes"] if outcome["topic"] == "volumes")
    assert (volumes["state"], volumes["remedy"]) == ("unknown", "mlproject libraries lock inspected")
