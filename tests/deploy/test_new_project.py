"""A project of `mlproject new` is deployed by the ordinary CDK CLI, and its pipeline registers a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded_aws import ACCOUNT, Server
from tests.checkouts import lay_out_example
from tests.deploy.conftest import REGION, Cli, client_of
from tests.templates.new_project import REQUIRED, mlproject, synthesize

pytestmark = pytest.mark.deploy


def test_a_new_project_is_deployed_and_its_pipeline_registers_a_model(
    cdk: Cli, bootstrapped: Server, tmp_path: Path
) -> None:
    root = lay_out_example(tmp_path / "checkout")
    variables = bootstrapped.environment(ACCOUNT, REGION)

    def run(*arguments: str) -> str:
        done = mlproject(root, *arguments, variables=variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("new", "wine", *REQUIRED, "--stage", "production")
    run("check")
    synthesize(root, root / "cdk.out", environment="local", project="wine")
    selection = ("local/network", "local/wine/*")
    cdk.deploy(root / "cdk.out", *selection)
    try:
        run("data", "push", "wine", "--environment", "local")
        shown = run("run", "wine", "--environment", "local")
        assert "Registered: " in shown
        (package,) = client_of(bootstrapped)("sagemaker").list_model_packages(ModelPackageGroupName="wine-local")[
            "ModelPackageSummaryList"
        ]
        assert package["ModelApprovalStatus"] == "PendingManualApproval"

        # The project cannot be removed while it is deployed.
        refused = mlproject(root, "remove", "wine", "--yes", variables=variables)
        assert refused.returncode == 2
        assert "mlproject destroy wine --environment local" in refused.stderr
        assert (root / "projects" / "wine" / "project.yaml").is_file()
    finally:
        run("destroy", "wine", "--environment", "local", "--yes")
        cdk("destroy", "--app", str(root / "cdk.out"), "local/network", "--force")
    assert "wine" not in run("stacks", "-e", "local")
