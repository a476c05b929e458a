"""`mlproject limits`: the table, the warnings, and the exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout, lay_out

# Writes the assembly that `assembly.json` describes, in place of the application.
APP = """\
import json, os, pathlib, sys

out, files = pathlib.Path(os.environ["CDK_OUTDIR"]), json.load(open("assembly.json"))
assert json.loads(os.environ["CDK_CONTEXT_JSON"]) == files.pop("context")
for name, content in files.items():
    (out / name).write_text(json.dumps(content))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = lay_out(tmp_path)
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "cdk.json").write_text(json.dumps({"app": f"{sys.executable} app.py"}))
    return checkout


def synthesizes(checkout: Checkout, types: dict[str, int], **context: str) -> None:
    """Let the application synthesize a stack with this many resources of each type."""
    resources = {f"{kind[-4:]}{number}": {"Type": kind} for kind, count in types.items() for number in range(count)}
    stack = {
        "type": "aws:cloudformation:stack",
        "displayName": "dev/tiny/storage",
        "properties": {"templateFile": "storage.json", "stackName": "tiny-dev-storage"},
    }
    files = {"manifest.json": {"artifacts": {"storage": stack}}, "storage.json": {"Resources": resources}}
    (checkout.root / "assembly.json").write_text(json.dumps({"context": context, **files}))


def test_the_highest_use_of_each_limit_is_a_line_and_below_80_percent_nothing_is_a_warning(checkout: Checkout) -> None:
    synthesizes(checkout, {"AWS::SNS::Topic": 300, "AWS::Events::Rule": 30})
    done = checkout.run("limits")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["resources", "330", "500", "66%", "dev/tiny/storage"] in lines
    assert ["EventBridge", "rules", "30", "300", "10%", "111111111111", "eu-west-1"] in lines
    assert "below 80 % of each limit" in done.stdout


def test_a_quota_that_aws_raises_is_a_warning_and_a_limit_that_it_does_not_an_error(checkout: Checkout) -> None:
    synthesizes(checkout, {"AWS::Events::Rule": 310}, environment="dev")
    done = checkout.run("limits", "--environment", "dev")
    assert done.returncode == 0
    assert "Warning: 111111111111 eu-west-1: 310 of 300 EventBridge rules. Request a higher quota" in done.stderr
    synthesizes(checkout, {"AWS::SNS::Topic": 501})
    done = checkout.run("limits", "--json")
    assert done.returncode == 1
    (found,) = (each for each in json.loads(done.stdout) if each["limit"]["name"] == "resources")
    assert (found["subject"], found["count"], found["share"]) == ("dev/tiny/storage", 501, 1.002)


def test_an_unknown_environment_is_refused(checkout: Checkout) -> None:
    done = checkout.run("limits", "-e", "dve")
    assert done.returncode == 2
    assert done.stderr.startswith("error: dve: no such environment in environments.yaml. Did you mean dev?")
