"""What `diff`, `deploy` and `destroy` share: which project, where, and the CDK CLI that leads there."""

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

if TYPE_CHECKING:
    from mlproject.cli._session import Session
    from mlproject.deployment import Consequence, DeployedStack, StackChanges
    from mlproject.parameters import Deployment, Environment


def open_deployment(project: str, environment: str) -> tuple[Path, Deployment, Session]:
    """The checkout, the project in the environment, and clients for it."""
    from mlproject.cli._session import session_for
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    return root, deployment, session_for(deployment.environment, root)


def open_environment(name: str) -> tuple[Path, Environment, frozenset[str], Session]:
    """The checkout, an environment, the projects that name it, and clients for it."""
    from mlproject.cli._session import session_for
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    # A project with mistakes in its parameters is no project that is gone.
    broken = (project for project, invalid in platform.invalid_projects.items() if invalid.may_include(name))
    projects = frozenset([*(each.project for each in platform.deployments(environment=name)), *broken])
    return root, platform.environments[name], projects, session_for(platform.environments[name], root)


def deployment_warnings(root: Path, deployment: Deployment) -> list[str]:
    """Why what would be deployed is not what the checkout says, or must not be deployed; a sentence each."""
    from mlproject.definition import read
    from mlproject.parameters import changed_networks

    environment = deployment.environment
    stale = read(root / "pipelines" / deployment.pipeline.folder).staleness()
    moved = changed_networks(root, {environment.name: environment}).values()
    return [*([stale] if stale else []), *map(str, moved)]


@dataclass(frozen=True, kw_only=True)
class CdkCli:
    """The CDK CLI of the checkout, working in one environment's account and region.

    Args:
        root: the checkout.
        variables: what leads there beside our own variables.
        isolated: whether our own variables for AWS stay away: they lead to another AWS.
    """

    root: Path
    variables: Mapping[str, str]
    isolated: bool

    def run(self, *arguments: str) -> None:
        """Run `cdk ARGUMENTS`, which prints what it does.

        Raises:
            UserError: it failed; the CLI itself has said why.
        """
        from mlproject.cdk_cli import cdk_environment, cdk_program, run_in_group

        sys.stdout.flush()
        done = run_in_group(
            [cdk_program(self.root), *arguments],
            folder=self.root,
            environment=cdk_environment(self.root, self.variables, isolated=self.isolated),
            output=None,
            errors=None,
        )
        if done.returncode:
            raise UserError(f"`cdk {arguments[0]}` failed with exit code {done.returncode}; see above.", exit_code=1)

    def synthesize(self, folder: Path, **context: str) -> None:
        """Run the app as the CLI does, which would stop at an error of a stack that nobody asked for.

        Raises:
            UserError: the app refuses.
        """
        from mlproject.cdk_cli import cdk_environment, run_in_group

        settings = self.root / "cdk.json"
        try:
            app = json.loads(settings.read_text(encoding="utf-8"))["app"]
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{settings}: names no CDK application ({error}); restore it.") from error
        variables = {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(context)}
        done = run_in_group(
            shlex.split(app),
            folder=self.root,
            environment=cdk_environment(self.root, variables, isolated=True),
            output=None,
            errors=None,
        )
        if done.returncode:
            raise UserError("the application cannot be synthesized; see above.", exit_code=1)


def cdk_for(deployment: Deployment, session: Session, root: Path) -> CdkCli:
    """The CDK CLI with the credentials of a session."""
    import embedded_aws
    from mlproject.cli._session import LOCAL_FOLDER

    environment = deployment.environment
    if session.endpoint:
        server = embedded_aws.status(root / LOCAL_FOLDER)
        if server and server.endpoint == session.endpoint:
            variables = server.environment(environment.account, environment.region)
            return CdkCli(root=root, variables=variables, isolated=True)
    # Our own variables lead there; only the region of the shell could be another.
    region = {"AWS_REGION": environment.region, "AWS_DEFAULT_REGION": environment.region}
    return CdkCli(root=root, variables=region, isolated=False)


@contextmanager
def synthesized(cdk: CdkCli, deployment: Deployment) -> Iterator[Path]:
    """The cloud assembly of a project in an environment and of the environment's network; gone afterwards."""
    build = cdk.root / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{deployment.names.prefix}-", dir=build) as name:
        folder = Path(name)
        cdk.synthesize(folder, project=deployment.project, environment=deployment.environment.name)
        yield folder


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a deployment would do.

    Args:
        stacks: the changes of each stack that was synthesized.
        consequences: what that does to what is in use.
        unasked: the deployed stacks of the project that its parameters do not ask for any more: they stay, and cost.
    """

    stacks: tuple[StackChanges, ...]
    consequences: tuple[Consequence, ...]
    unasked: tuple[DeployedStack, ...]


def plan(assembly: Path, deployment: Deployment, session: Session) -> Plan:
    """What deploying the assembly of a project in an environment would do."""
    from mlproject.cli._session import in_words
    from mlproject.deployment import list_consequences, list_projects, plan_changes, read_stacks

    synthesized = read_stacks(assembly)
    environment = deployment.environment.name
    with in_words("asking CloudFormation what would change"):
        planned = plan_changes(synthesized, session.client, region=session.region)
        deployed = list_projects(session.client, environment=environment).get(deployment.project, ())
    names = {stack.name for stack in synthesized}
    return Plan(
        stacks=planned,
        consequences=list_consequences(planned),
        unasked=tuple(stack for stack in deployed if stack.name not in names),
    )


def show_plan(plan: Plan, *, environment: str) -> None:
    """Print a line per stack, then what is stopped, replaced, deleted or left behind."""
    planned, found = plan.stacks, plan.consequences

    wide = max((len(stack.path) for stack in planned), default=0)
    for stack in planned:
        print(f"  {stack.path:<{wide}}  {_in_words(stack)}")
    if found:
        print("In use now, and not as before afterwards:")
        for each in found:
            print(f"  {each}")
    else:
        print("Nothing that exists is stopped, replaced or deleted.")
    for left in plan.unasked:
        print(
            f"{left.name} is deployed, but project.yaml does not ask for it any more: it stays, and may cost. "
            f"`mlproject destroy {left.project} --environment {environment} --stack {left.kind}` removes it."
        )


def _in_words(stack: StackChanges) -> str:
    from mlproject.cli._words import number

    if stack.refusal:
        return f"not deployed: {stack.refusal}"
    if stack.is_new:
        return "new"
    return number(len(stack.changes), "change") if stack.changes else "no changes"


def agree(question: str, *, yes: bool, nothing: str) -> None:
    """Ask, unless `--yes` has answered.

    Args:
        question: ends with a question mark.
        yes: whether `--yes` was given.
        nothing: what is said if the answer is no, such as `nothing was deployed`.

    Raises:
        UserError: the answer is no, or nobody answered.
    """
    if yes:
        return
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        raise UserError(f"nobody answered, so {nothing}; repeat the command with --yes.") from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError(f"{nothing}.", exit_code=1)
