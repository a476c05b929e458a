"""`mlproject verify-aws`: compare AWS with the embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters import Deployment
    from mlproject.verification import Claim, Record, Target

# The smallest type for both processing and training that most new accounts have a quota for.
INSTANCE_TYPE = "ml.m5.large"
# IAM is eventually consistent: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
PROPAGATION_SECONDS = 30.0
LOCAL = "local"
DIFFERS = 1


def register(app: typer.Typer) -> None:
    """Add the command `verify-aws`."""
    app.command("verify-aws")(verify_aws)


def verify_aws(
    *,
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="An environment of environments.yaml in a sandbox account.")
    ],
    project: Annotated[
        str, typer.Option(help="A project whose parameters list this environment and local.")
    ] = "flights",
    instance_type: Annotated[str, typer.Option(help="The instance type of the pipeline's jobs.")] = INSTANCE_TYPE,
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path("verify-aws.md"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    destroy_only: Annotated[
        bool, typer.Option("--destroy", help="Only remove what an interrupted verification left behind.")
    ] = False,
) -> None:
    """Deploy, run and destroy a project in an embedded AWS and in AWS, and write a page that compares the results.

    The command creates real resources, for about an hour, and deletes them with all their data at the end. The exit
    code is 0 if all results agree, 1 if any differs.
    """
    from mlproject import verification
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    deployment = platform.deployment(project, environment)
    if deployment.environment.retain_data:
        raise UserError(
            f"environment {environment} retains its data (retain_data: true in environments.yaml), but a verification "
            "deletes what it creates. Use an environment in a sandbox account.",
            topic="data-retained",
        )
    target = _create_target(root, deployment, instance_type)
    if not yes:
        _confirm(target, destroy_only=destroy_only)
    if destroy_only:
        done = verification.destroy_deployment(target)
        if done.code:
            raise UserError(f"some resources could not be removed: {done.last_line}; see {target.log}", exit_code=1)
        print(f"{deployment.names.prefix} has been removed.")
        return
    page = _Page(root=root, path=output, target=target)
    with _embedded_target(root, platform.deployment(project, LOCAL), instance_type) as embedded:
        _print(f"1 of 2: {embedded.title}")
        verification.verify_claims(embedded, started=_print_claim, observed=page.embedded)
    _print(f"2 of 2: {target.title}")
    try:
        verification.verify_claims(target, started=_print_claim, observed=page.aws)
    except BaseException:
        _print(
            f"Interrupted. The remaining resources in {target.title} cost money. Remove them with: "
            f"mlproject verify-aws --environment {environment} --project {project} --destroy"
        )
        raise
    print(f"{page.path}: written")
    raise typer.Exit(0 if all(record.agrees for record in page.records) else DIFFERS)


class _Page:
    """The page, which is rewritten after each step, so that an interrupted verification keeps its results."""

    def __init__(self, *, root: Path, path: Path, target: Target) -> None:
        from mlproject.cli.common.commit import read_commit

        self.path = path
        self.records: list[Record] = []
        self._compared = 0
        with read_commit(root) as commit:
            self._facts = (
                ("deployed", f"{target.deployment.project} in {target.deployment.environment.name}"),
                ("AWS", target.title),
                ("commit", commit()),
                ("log", str(target.log)),
            )

    def embedded(self, claim: Claim, observation: str, explanation: str) -> None:
        from mlproject.verification import Record

        self.records.append(Record(claim=claim.sentence, embedded=observation))
        _print_observation(observation, explanation)
        self._write()

    def aws(self, _claim: Claim, observation: str, explanation: str) -> None:
        import dataclasses

        self.records[self._compared] = dataclasses.replace(
            self.records[self._compared], aws=observation, explanation=explanation
        )
        self._compared += 1
        _print_observation(observation, explanation)
        self._write()

    def _write(self) -> None:
        from mlproject.files import write_atomically
        from mlproject.verification import render_markdown

        write_atomically(
            self.path,
            render_markdown(self.records, title="Verification of the embedded AWS against AWS", facts=self._facts),
        )


def _create_target(root: Path, deployment: Deployment, instance_type: str) -> Target:
    """Return the environment's account as a target, after checking the credentials."""
    from mlproject.cli.common.session import create_session
    from mlproject.verification import Target

    session = create_session(deployment.environment, root)
    environment = deployment.environment
    title = f"account {environment.account}, {environment.region}"
    # The parameters define the region; AWS_REGION of the shell may be different.
    variables = {"AWS_REGION": environment.region, "AWS_DEFAULT_REGION": environment.region}
    return Target(
        title=title if session.endpoint is None else f"{title} (an embedded AWS: this tests the steps, not AWS)",
        root=root,
        deployment=deployment,
        variables=variables,
        isolated=False,
        client=session.client,
        log=_log(root, deployment),
        propagation_seconds=PROPAGATION_SECONDS if session.endpoint is None else 0.0,
        instance_type=instance_type,
    )


@contextmanager
def _embedded_target(root: Path, deployment: Deployment, instance_type: str) -> Iterator[Target]:
    """Yield a target in a temporary embedded AWS."""
    from tempfile import TemporaryDirectory

    import boto3

    import embedded_aws
    from mlproject.verification import Target

    environment = deployment.environment
    with TemporaryDirectory(prefix="mlproject-verify-") as name:
        server = embedded_aws.start(Path(name), lifetime=embedded_aws.Lifetime.OF_STARTER)
        try:
            variables = server.environment(environment.account, environment.region)
            session = boto3.Session(
                variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=environment.region
            )
            yield Target(
                title="the embedded AWS",
                root=root,
                deployment=deployment,
                variables=variables,
                isolated=True,
                client=lambda service: session.client(service, endpoint_url=server.endpoint),
                log=_log(root, deployment),
                propagation_seconds=0.0,
                instance_type=instance_type,
            )
        finally:
            embedded_aws.stop(Path(name))


def _log(root: Path, deployment: Deployment) -> Path:
    folder = root / ".mlproject" / "verify-aws"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{deployment.names.prefix}.log"


def _confirm(target: Target, *, destroy_only: bool) -> None:
    from mlproject.verification import CLAIMS

    account = target.deployment.environment.account
    print(f"In {target.title}, {target.deployment.names.prefix} will be ", end="")
    if destroy_only:
        print("destroyed, with all its data.")
    else:
        print("deployed, used and destroyed, with all its data:")
        for claim in CLAIMS:
            print(f"  {claim.sentence}")
        print("This costs money: notebooks, an EMR cluster and endpoints for about an hour, and three short jobs.")
    answer = typer.prompt(f"Type the account number ({account}) to continue", default="", show_default=False)
    if answer != account:
        raise UserError("nothing was done, because the account number was not entered.", exit_code=1)


def _print_claim(claim: Claim) -> None:
    _print(f"  {claim.sentence} ...")


def _print_observation(observation: str, explanation: str) -> None:
    _print(f"    {observation}" + (f" ({explanation})" if explanation else ""))


def _print(text: str) -> None:
    print(text, flush=True)
