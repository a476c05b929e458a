"""The CDK CLI of the checkout, run in the account and region of an environment."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.errors import UserError
from mlproject.translation import Message

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment


@dataclass(frozen=True, kw_only=True)
class CdkCli:
    """The CDK CLI of the checkout, for one environment's account and region.

    Args:
        root: the checkout.
        variables: environment variables that select the account and region.
        isolated: whether to remove the caller's AWS variables, since they select another AWS.
    """

    root: Path
    variables: Mapping[str, str]
    isolated: bool

    def run(self, *arguments: str) -> None:
        """Run `cdk ARGUMENTS`, which prints its progress.

        Raises:
            UserError: it failed. The CLI has printed the reason.
        """
        from mlproject.cdk_cli import cdk_environment, cdk_program, run_in_group

        sys.stdout.flush()
        completed = run_in_group(
            [cdk_program(self.root), *arguments],
            folder=self.root,
            environment=cdk_environment(self.root, self.variables, isolated=self.isolated),
            output=None,
            errors=None,
        )
        if completed.returncode:
            raise UserError(
                Message(
                    "`cdk {command}` failed with exit code {code}; see the output above.",
                    command=arguments[0],
                    code=completed.returncode,
                ),
                exit_code=1,
                topic="deployment-failed",
            )

    def synthesize(self, folder: Path, *, validate: bool, **context: str) -> None:
        """Run the app without the CLI, which would stop at an error in a stack that is not selected.

        Args:
            folder: receives the cloud assembly.
            validate: whether aws-cdk-lib checks the templates against CloudFormation's rules.
            context: the context of the app.

        Raises:
            UserError: the app failed. It has printed the reason.
        """
        from mlproject.cdk_cli import VALIDATION, cdk_environment, run_in_group

        settings = self.root / "cdk.json"
        try:
            app = json.loads(settings.read_text(encoding="utf-8"))["app"]
        except (OSError, ValueError, KeyError) as error:
            raise UserError(
                Message(
                    "{settings}: does not define a CDK app ({error}); restore the file.", settings=settings, error=error
                )
            ) from error
        variables = {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(context)}
        if not validate:
            variables[VALIDATION] = "false"
        completed = run_in_group(
            shlex.split(app),
            folder=self.root,
            environment=cdk_environment(self.root, variables, isolated=True),
            output=None,
            errors=None,
        )
        if completed.returncode:
            raise UserError(
                Message("the app cannot be synthesized; see the output above."), exit_code=1, topic="synthesis-failed"
            )


def create_cdk_cli(deployment: Deployment, session: Session, root: Path) -> CdkCli:
    """Return the CDK CLI with the credentials of a session."""
    import embedded_aws
    from mlproject.cli.common.session import LOCAL_FOLDER, has_web_identity

    environment = deployment.environment
    if session.endpoint and not has_web_identity():
        server = embedded_aws.status(root / LOCAL_FOLDER)
        if server and server.endpoint == session.endpoint:
            variables = server.environment(environment.account, environment.region)
            return CdkCli(root=root, variables=variables, isolated=True)
    # The caller's variables select the account, but may select another region.
    region = {"AWS_REGION": environment.region, "AWS_DEFAULT_REGION": environment.region}
    return CdkCli(root=root, variables=region, isolated=False)


@contextmanager
def synthesized(cdk: CdkCli, deployment: Deployment, *, validate: bool) -> Iterator[Path]:
    """Yield the cloud assembly of a project in an environment and of the environment's network; delete it on exit.

    Args:
        cdk: the CDK CLI of the checkout.
        deployment: the project in the environment.
        validate: whether to check the templates, which a deployment does; half the time of a synthesis.
    """
    build = cdk.root / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{deployment.names.prefix}-", dir=build) as name:
        folder = Path(name)
        cdk.synthesize(folder, validate=validate, project=deployment.project, environment=deployment.environment.name)
        yield folder
