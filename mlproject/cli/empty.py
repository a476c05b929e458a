"""`mlproject empty`: the explicit step before `cdk destroy`, which deletes no data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.bucket_cleanup import ProjectContent
    from mlproject.names import Names

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html: "delivered within a few hours"
LATE_LOGS = (
    "AWS delivers access logs of these deletions within a few hours: "
    "if the bucket of access logs is not empty at `cdk destroy`, repeat this command."
)
RETAINED = "--i-know-this-deletes-data"


def register(app: typer.Typer) -> None:
    """Add the command `empty`."""
    app.command("empty")(empty)


def empty(
    project: Annotated[str, typer.Argument(help="A project's name, such as flights.")],
    environment: Annotated[str, typer.Option(help="One of environments.yaml, such as local.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    retained: Annotated[
        bool, typer.Option(RETAINED, help="Allow it where environments.yaml says retain_data: true.")
    ] = False,
) -> None:
    """Delete all object versions in a project's buckets and all its model package versions."""
    from mlproject.bucket_cleanup import delete_content, list_content
    from mlproject.cli._session import in_words, session_for
    from mlproject.files import project_root
    from mlproject.names import Names
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    platform.deployments(environment=environment)  # refuses an unknown name
    where = platform.environments[environment]
    # Whoever deleted the project's folder first may still empty what it has left.
    names = Names(project=project, environment=environment, account=where.account, region=where.region)
    if where.retain_data and not retained:
        raise UserError(
            f"environment {environment} keeps its data (retain_data: true in environments.yaml), so nothing was "
            f"deleted; if all data of {project} there is really to go, repeat the command with {RETAINED}."
        )
    try:
        session = session_for(where, root)
    except UserError:
        platform.deployment(project, environment)  # a slip of the keyboard is the better answer
        raise
    with in_words(f"looking at what {names.prefix} holds"):
        content = list_content(names, session.client)
    if not content.buckets and not content.group:
        platform.deployment(project, environment)  # refuses a project that is neither written nor deployed
    _show(names, content)
    if content.is_empty:
        return
    if not yes:
        _ask()
    with in_words(f"emptying {names.prefix}"):
        deleted = delete_content(content, session.client, progress=lambda _what, _count: None)
    destroy = f"cdk destroy '{names.path}/*'"
    if project not in platform.projects:
        destroy = f"mlproject destroy {project} --environment {environment}"
    print(f"Deleted {deleted:,}. `{destroy}` can delete the buckets and the group now.")
    if session.endpoint is None:
        print(LATE_LOGS)


def _show(names: Names, content: ProjectContent) -> None:
    from mlproject.cli._words import number, size

    print(f"{names.prefix}, account {names.account}, {names.region}:")
    for bucket in content.buckets:
        print(f"  bucket {bucket.bucket}: {number(bucket.versions, 'version')}, {size(bucket.bytes)}")
    if content.group:
        print(f"  model package group {content.group}: {number(len(content.model_packages), 'model package')}")
    if not content.buckets and not content.group:
        print("  no buckets and no model package group: it is not deployed.")
    elif content.is_empty:
        print("Nothing to delete.")


def _ask() -> None:
    try:
        answer = input("Delete all of it? It cannot be brought back. [y/N] ")
    except EOFError:
        raise UserError("nobody answered, so nothing was deleted; repeat the command with --yes.") from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError("nothing was deleted.", exit_code=1)
