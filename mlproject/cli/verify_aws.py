"""`mlproject verify-aws`: does AWS do what the embedded AWS says?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters import Deployment
    from mlproject.verification import Claim, Place, Record

# The smallest type that processing and training both take, and that new accounts are mostly allowed.
INSTANCE_TYPE = "ml.m5.large"
# IAM is eventually consistent: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
SETTLE_SECONDS = 30.0
LOCAL = "local"
DIFFERS = 1


def register(app: typer.Typer) -> None:
    """Add the command `verify-aws`."""
    app.command("verify-aws")(verify_aws)


def verify_aws(
    *,
    environment: Annotated[str, typer.Option(help="An environment of a sandbox account, of environments.yaml.")],
    project: Annotated[
        str, typer.Option(help="A folder of projects/ that names this environment and local.")
    ] = "flights",
    instance_type: Annotated[str, typer.Option(help="Of the pipeline's jobs.")] = INSTANCE_TYPE,
    output: Annotated[Path, typer.Option(help="The page that is written.")] = Path("verify-aws.md"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before money is spent.")] = False,
    destroy_only: Annotated[
        bool, typer.Option("--destroy", help="Only remove what a verification that was stopped has left.")
    ] = False,
) -> None:
    """Deploy, run, open, break and destroy a project on AWS, as first in an embedded AWS; write both side by side.

    It makes real resources, for an hour or less, and deletes them and all their data in the end. Exit code 0 if AWS
    did what the embedded AWS said, 1 if something differs.
    """
    from mlproject import verification
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    deployment = platform.deployment(project, environment)
    if deployment.environment.retain_data:
        raise UserError(
            f"environment {environment} keeps its data (retain_data: true in environments.yaml), and a verification "
            "deletes what it made: name an environment of a sandbox account."
        )
    place = _place(root, deployment, instance_type)
    if not yes:
        _ask(place, destroy_only=destroy_only)
    if destroy_only:
        done = verification.destroy(place)
        if done.code:
            raise UserError(f"not everything could be removed: {done.last_words}; see {place.log}", exit_code=1)
        print(f"{deployment.names.prefix} is gone.")
        return
    page = _Page(root=root, path=output, place=place)
    with _embedded(root, platform.deployment(project, LOCAL), instance_type) as here:
        _tell(f"1 of 2: {here.title}")
        verification.verify(here, started=_started, seen=page.embedded)
    _tell(f"2 of 2: {place.title}")
    try:
        verification.verify(place, started=_started, seen=page.aws)
    except BaseException:
        _tell(
            f"Stopped. What exists in {place.title} costs money; remove it with: "
            f"mlproject verify-aws --environment {environment} --project {project} --destroy"
        )
        raise
    print(f"{page.path}: written")
    raise typer.Exit(0 if all(record.agrees for record in page.records) else DIFFERS)


class _Page:
    """The page, written anew after each step, so that a verification that is stopped keeps what it saw."""

    def __init__(self, *, root: Path, path: Path, place: Place) -> None:
        from mlproject.cli.common.commit import read_commit

        self.path = path
        self.records: list[Record] = []
        self._asked = 0
        with read_commit(root) as commit:
            self._facts = (
                ("deployed", f"{place.deployment.project} in {place.deployment.environment.name}"),
                ("AWS", place.title),
                ("commit", commit()),
                ("log", str(place.log)),
            )

    def embedded(self, claim: Claim, observation: str, explanation: str) -> None:
        from mlproject.verification import Record

        self.records.append(Record(claim=claim.sentence, embedded=observation))
        _seen(observation, explanation)
        self._write()

    def aws(self, _claim: Claim, observation: str, explanation: str) -> None:
        import dataclasses

        self.records[self._asked] = dataclasses.replace(
            self.records[self._asked], aws=observation, explanation=explanation
        )
        self._asked += 1
        _seen(observation, explanation)
        self._write()

    def _write(self) -> None:
        from mlproject.files import write_atomically
        from mlproject.verification import markdown

        write_atomically(self.path, markdown(self.records, title="What AWS did", facts=self._facts))


def _place(root: Path, deployment: Deployment, instance_type: str) -> Place:
    """The account that is meant, after a look at whose the credentials are."""
    from mlproject.cli.common.session import create_session
    from mlproject.verification import Place

    session = create_session(deployment.environment, root)
    environment = deployment.environment
    title = f"account {environment.account}, {environment.region}"
    # The project's parameters say where; AWS_REGION of the shell could say otherwise.
    variables = {"AWS_REGION": environment.region, "AWS_DEFAULT_REGION": environment.region}
    return Place(
        title=title if session.endpoint is None else f"{title} (an embedded AWS: this proves the steps, not AWS)",
        root=root,
        deployment=deployment,
        variables=variables,
        isolated=False,
        client=session.client,
        log=_log(root, deployment),
        settle_seconds=SETTLE_SECONDS if session.endpoint is None else 0.0,
        instance_type=instance_type,
    )


@contextmanager
def _embedded(root: Path, deployment: Deployment, instance_type: str) -> Iterator[Place]:
    """A place in an embedded AWS of this verification's own, gone afterwards."""
    from tempfile import TemporaryDirectory

    import boto3

    import embedded_aws
    from mlproject.verification import Place

    environment = deployment.environment
    with TemporaryDirectory(prefix="mlproject-verify-") as name:
        server = embedded_aws.start(Path(name), lifetime=embedded_aws.Lifetime.OF_STARTER)
        try:
            variables = server.environment(environment.account, environment.region)
            session = boto3.Session(
                variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=environment.region
            )
            yield Place(
                title="the embedded AWS",
                root=root,
                deployment=deployment,
                variables=variables,
                isolated=True,
                client=lambda service: session.client(service, endpoint_url=server.endpoint),
                log=_log(root, deployment),
                settle_seconds=0.0,
                instance_type=instance_type,
            )
        finally:
            embedded_aws.stop(Path(name))


def _log(root: Path, deployment: Deployment) -> Path:
    folder = root / ".mlproject" / "verify-aws"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{deployment.names.prefix}.log"


def _ask(place: Place, *, destroy_only: bool) -> None:
    from mlproject.verification import CLAIMS

    account = place.deployment.environment.account
    print(f"In {place.title}, {place.deployment.names.prefix} will be ", end="")
    if destroy_only:
        print("destroyed, with all its data.")
    else:
        print("deployed, used and destroyed, with all its data:")
        for claim in CLAIMS:
            print(f"  {claim.sentence}")
        print("This costs money: notebooks, an EMR cluster and endpoints for about an hour, and three short jobs.")
    answer = typer.prompt(f"Type the account's number ({account}) to go on", default="", show_default=False)
    if answer != account:
        raise UserError("nothing was done: the number was not typed.", exit_code=1)


def _started(claim: Claim) -> None:
    _tell(f"  {claim.sentence} ...")


def _seen(observation: str, explanation: str) -> None:
    _tell(f"    {observation}" + (f" ({explanation})" if explanation else ""))


def _tell(text: str) -> None:
    print(text, flush=True)
