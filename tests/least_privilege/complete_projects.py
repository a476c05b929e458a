"""Projects with every stack in one account; the name of one begins with that of another, and one sorts after both."""

from __future__ import annotations

import shutil
from pathlib import Path

import embedded_aws as aws
from mlproject.names import gitlab_token_secret
from tests.checkouts import ROOT, lay_out_example
from tests.deployed_projects.platform import ACCOUNT, ENVIRONMENT, REGION, DeployedPlatform, apply, deploy
from tests.embedded_aws.iam.ground import clients
from tests.stacks.assembly import run_app

PROJECTS = ("alpha", "alpha-b", "beta")
_EXAMPLE = ROOT / "docs_site" / "reference" / "example"
_DEV = f'  {ENVIRONMENT}:\n    account: "{ACCOUNT}"\n    network: {{new: {{cidr: 10.20.0.0/16}}}}\n'
# Models arrive from pre, and approved ones leave for prod.
_ENVIRONMENTS = """\
environments:
  pre: {serving: null}
  dev: {promoted_from: pre}
  prod: {promoted_from: dev, promoted_on_approval: true}
"""


def lay_out(folder: Path) -> None:
    """Write a checkout with these projects in the environment dev, and its cloud assembly."""
    lay_out_example(folder)
    environments = folder / "environments.yaml"
    environments.write_text((_EXAMPLE / "environments.yaml").read_text() + _DEV)
    shutil.rmtree(folder / "projects" / "flights")
    for name in PROJECTS:
        project = shutil.copytree(_EXAMPLE / "projects" / "flights", folder / "projects" / name) / "project.yaml"
        own, _, _ = project.read_text().replace("name: flights", f"name: {name}").partition("environments:")
        project.write_text(own + _ENVIRONMENTS)
    done = run_app(folder, folder / "cdk.out", environment=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    assert "left out" not in done.stderr, done.stderr


def deploy_completely(root: Path, server: aws.Server) -> DeployedPlatform:
    """Create every stack of these projects, with the models that their endpoints serve."""
    aws.Accounts(server.folder).add([ACCOUNT])
    keys = server.administrator_of(ACCOUNT)
    administrator = clients(server, keys.access_key_id, keys.secret_access_key, region=REGION)
    # Of the connection to GitLab.
    administrator("secretsmanager").create_secret(Name=gitlab_token_secret(ENVIRONMENT, 1), SecretString="token")
    platform = deploy(root, server, projects=PROJECTS)
    for project in PROJECTS:
        serving = platform.deployment(project).serving
        assert serving
        for _ in range(serving.model_version):
            platform.client("sagemaker").create_model_package(
                ModelPackageGroupName=platform.deployment(project).names.model_package_group,
                ModelApprovalStatus="Approved",
            )
        stack = platform.stack(project, "serving")
        apply(platform, stack, stack.template, expect="CREATE_COMPLETE")
    return platform
