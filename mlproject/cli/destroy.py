"""`mlproject destroy`: delete a project's stacks in an environment, even if the project's folder was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import ALLOW_PROTECTED, EnvironmentOption, YesOption
from mlproject.cli.common.completion import complete_project
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.bucket_cleanup import ProjectContent
    from mlproject.deployment import DeployedStack

# Their resources must be emptied before CloudFormation can delete them.
DATA_STACKS = frozenset({"storage", "pipeline"})


def register(app: typer.Typer) -> None:
    """Add the command `destroy`."""
    app.command("destroy")(destroy)


def destroy(
    project: Annotated[
        str,
        typer.Argument(
            help="A project's name, such as flights. Its folder may be gone.", autocompletion=complete_project
        ),
    ],
    environment: EnvironmentOption,
    *,
    stack: Annotated[
        str | None, typer.Option(help="Delete this stack only, such as emr, when project.yaml no longer requires it.")
    ] = None,
    yes: YesOption = False,
    protected: Annotated[
        bool, typer.Option(ALLOW_PROTECTED, help="Allow it if environments.yaml has retain_data: true.")
    ] = False,
    if_exists: Annotated[
        bool, typer.Option("--if-exists", help="Succeed if nothing is deployed, such as in a job that is repeated.")
    ] = False,
) -> None:
    """Delete a project's deployed stacks in an environment, without synthesizing the app.

    If the environment retains data, buckets, key, models and notebooks stay, and the command lists them. `mlproject
    empty` deletes the contents of the buckets. Otherwise their contents are deleted too. The environment's network
    stays.
    """
    from mlproject.bucket_cleanup import delete_content, list_content
    from mlproject.cli.application import wait
    from mlproject.cli.common.context import open_environment
    from mlproject.cli.common.prompts import confirm
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import find_protected_clusters, unprotect_cluster
    from mlproject.deployment import delete_deployed_commit, delete_stacks, list_projects
    from mlproject.emr_serverless import describe_application, stop_application
    from mlproject.names import Names

    target, _, session = open_environment(environment)
    names = Names(project=project, environment=environment, account=target.account, region=target.region)
    with reporting_aws_errors(f"listing the stacks of {names.prefix}"):
        deployed = list_projects(session.client, environment=environment)
        project_stacks = deployed.get(project, ())
        stacks = tuple(each for each in project_stacks if stack in (None, each.kind))
        kinds = {each.kind for each in stacks}
        content = list_content(names, session.client) if kinds & DATA_STACKS and not target.retain_data else None
        clusters = find_protected_clusters(names, session.client) if "emr" in kinds else ()
        application = describe_application(names, session.client) if "emr-serverless" in kinds else None
    if not stacks:
        what = f"stack {stack} of {project}" if stack else project
        if if_exists:
            print(f"{what} is not deployed in {environment}, so there is nothing to delete.")
            return
        others = ", ".join(each.kind for each in project_stacks) if project_stacks else ", ".join(deployed)
        raise UserError(
            f"{what} is not deployed in {environment}; deployed there: {others or 'nothing'}.", topic="not-deployed"
        )
    if target.retain_data and not protected:
        raise UserError(
            f"environment {environment} retains its data (retain_data: true in environments.yaml) and protects its "
            f"stacks, so nothing was deleted. To delete the stacks of {project}, run the command again with "
            f"{ALLOW_PROTECTED}. Buckets, key, models and notebooks stay even then.",
            topic="data-retained",
        )
    if clusters and not protected:
        which = f"cluster {clusters[0]} of {project} is"
        if len(clusters) > 1:
            which = f"clusters {', '.join(clusters)} of {project} are"
        raise UserError(
            f"{which} protected against termination, so nothing was deleted. To turn the protection off and delete the "
            f"stacks of {project}, run the command again with {ALLOW_PROTECTED}.",
            topic="termination-protected",
        )
    _print_summary(names.prefix, stacks, content)
    for cluster in clusters:
        print(f"  cluster {cluster}: protected against termination")
    confirm("Delete all of this?", yes=yes, declined="nothing was deleted")
    with reporting_aws_errors(f"deleting {names.prefix}"):
        if application and not application.is_stopped:
            # CloudFormation cannot delete a started application.
            stop_application(session.client, application, wait=wait)
        for cluster in clusters:
            unprotect_cluster(session.client, cluster)
        if content:
            delete_content(content, session.client, progress=lambda _what, _count: None)
        retained = delete_stacks(stacks, session.client, progress=lambda name: print(f"  deleted {name}"))
        if stacks == project_stacks:
            delete_deployed_commit(session.client, project=project, environment=environment)
    for each in retained:
        print(f"  retained: {each.type.removeprefix('AWS::').replace('::', ' ')} {each.name}")


def _print_summary(prefix: str, stacks: tuple[DeployedStack, ...], content: ProjectContent | None) -> None:
    from mlproject.cli.common.formatting import format_count, format_size

    print(f"{prefix}: {format_count(len(stacks), 'stack')}, in the order of deletion:")
    for stack in reversed(stacks):
        print(f"  {stack.name}  {stack.status}{'  protected' if stack.is_protected else ''}")
    if content:
        for bucket in content.buckets:
            print(f"  bucket {bucket.bucket}: {format_count(bucket.versions, 'version')}, {format_size(bucket.bytes)}")
        if content.group:
            print(
                f"  model package group {content.group}: {format_count(len(content.model_packages), 'model package')}"
            )
