"""`mlproject destroy`: remove a project from an environment, whether its folder still exists or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.bucket_cleanup import ProjectContent
    from mlproject.deployment import DeployedStack

# What they hold must go before they can.
DATA_STACKS = frozenset({"storage", "pipeline"})
RETAINED = "--i-know-this-is-protected"


def register(app: typer.Typer) -> None:
    """Add the command `destroy`."""
    app.command("destroy")(destroy)


def destroy(
    project: Annotated[str, typer.Argument(help="A project's name, such as flights; its folder may be gone.")],
    environment: Annotated[str, typer.Option("--environment", "-e", help="One of environments.yaml, such as dev.")],
    stack: Annotated[
        str | None, typer.Option(help="Only this stack, such as emr: one that project.yaml does not ask for any more.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    protected: Annotated[
        bool, typer.Option(RETAINED, help="Allow it where environments.yaml says retain_data: true.")
    ] = False,
) -> None:
    """Delete a project's stacks in an environment, as they are deployed; nothing is synthesized.

    Where data is retained, buckets, key, models and notebooks stay and are listed; `mlproject empty` deletes what the
    buckets hold. Elsewhere their content is deleted too. The environment's network stays.
    """
    from mlproject.bucket_cleanup import delete_content, list_content
    from mlproject.cli._deployment import agree, open_environment
    from mlproject.cli._session import in_words
    from mlproject.deployment import delete_stacks, list_projects
    from mlproject.names import Names

    _, where, _, session = open_environment(environment)
    names = Names(project=project, environment=environment, account=where.account, region=where.region)
    with in_words(f"looking for the stacks of {names.prefix}"):
        deployed = list_projects(session.client, environment=environment)
        own = deployed.get(project, ())
        stacks = tuple(each for each in own if stack in (None, each.kind))
        kinds = {each.kind for each in stacks}
        content = list_content(names, session.client) if kinds & DATA_STACKS and not where.retain_data else None
    if not stacks:
        what = f"stack {stack} of {project}" if stack else project
        others = ", ".join(each.kind for each in own) if own else ", ".join(deployed)
        raise UserError(f"{what} is not deployed in {environment}; deployed there: {others or 'nothing'}.")
    if where.retain_data and not protected:
        raise UserError(
            f"environment {environment} keeps its data (retain_data: true in environments.yaml) and protects its "
            f"stacks, so nothing was deleted; if {project} is really to go, repeat the command with {RETAINED}. "
            "Buckets, key, models and notebooks stay even then."
        )
    _show(names.prefix, stacks, content)
    agree("Delete all of it?", yes=yes, nothing="nothing was deleted")
    with in_words(f"deleting {names.prefix}"):
        if content:
            delete_content(content, session.client, progress=lambda _what, _count: None)
        left = delete_stacks(stacks, session.client, progress=lambda name: print(f"  {name} is gone"))
    for each in left:
        print(f"  stays: {each.type.removeprefix('AWS::').replace('::', ' ')} {each.name}")


def _show(prefix: str, stacks: tuple[DeployedStack, ...], content: ProjectContent | None) -> None:
    from mlproject.cli._words import number, size

    print(f"{prefix}: {number(len(stacks), 'stack')}, the last deployed first:")
    for stack in reversed(stacks):
        print(f"  {stack.name}  {stack.status}{'  protected' if stack.is_protected else ''}")
    if content:
        for bucket in content.buckets:
            print(f"  bucket {bucket.bucket}: {number(bucket.versions, 'version')}, {size(bucket.bytes)}")
        if content.group:
            print(f"  model package group {content.group}: {number(len(content.model_packages), 'model package')}")
