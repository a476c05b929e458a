"""The parameters, the pipelines and their step scripts are right, as the command finds them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Sequence

import pytest

from mlproject.aws_rules.endpoints import S3
from mlproject.aws_rules.network_requirements import interfaces
from mlproject.parameters import ImportedNetwork, Platform
from tests.checkouts import ROOT
from tests.stacks.test_aws_rules import clients_in


def test_mlproject_check_finds_no_mistake() -> None:
    command = [sys.executable, "-m", "mlproject.cli.main", "check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stderr, pytrace=False)


def test_every_service_that_a_step_script_calls_has_an_endpoint_in_its_network(platforms: Sequence[Platform]) -> None:
    for deployment in (deployment for platform in platforms for deployment in platform.deployments()):
        network = deployment.environment.network
        if isinstance(network, ImportedNetwork) and network.endpoints == "exist":
            continue  # only its owner knows which it has
        if deployment.pipeline is None:
            continue
        offered = {S3.service, *(endpoint.service for endpoint in interfaces([deployment]))}
        for script in (ROOT / "pipelines" / deployment.pipeline.folder / "steps").glob("*.py"):
            called = clients_in(ast.parse(script.read_text()))
            names = {{"sagemaker": "sagemaker.api", "cloudwatch": "monitoring"}.get(name, name) for name in called}
            assert names <= offered, f"{script} in {deployment.environment.name}"
