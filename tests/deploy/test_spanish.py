"""The first hour in Spanish: a project is created, checked, deployed and run, and no line of mlproject is English."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded_aws import ACCOUNT, Server
from tests.checkouts import lay_out_example
from tests.deploy.conftest import REGION, Cli
from tests.templates.new_project import REQUIRED, mlproject, synthesize
from tests.translation.english import english_lines

pytestmark = pytest.mark.deploy


def test_a_project_is_created_deployed_and_run_in_spanish(cdk: Cli, bootstrapped: Server, tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    variables = {**bootstrapped.environment(ACCOUNT, REGION), "LC_ALL": "es_ES.UTF-8"}

    def run(*arguments: str, code: int = 0) -> str:
        done = mlproject(root, *arguments, variables=variables)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    shown = [run("new", "vino", *REQUIRED), run("check")]
    try:
        # What the CDK CLI prints follows the command that runs it.
        deployed, command, _ = run("deploy", "vino", "--environment", "local").partition("$ cdk deploy")
        assert command
        again = run("deploy", "vino", "--environment", "local")
        shown += [deployed, again]
        shown.append(run("data", "push", "vino", "--environment", "local"))
        shown += [run("run", "vino", "--environment", "local"), run("run", "vino", "--environment", "local")]
    finally:
        run("destroy", "vino", "--environment", "local", "--yes")
        synthesize(root, root / "cdk.out", environment="local", project="vino")
        cdk("destroy", "--app", str(root / "cdk.out"), "local/network", "--force")
    assert "Todos los stacks están al día." in again
    assert english_lines("\n".join(shown)) == []
