"""`mlproject empty`: delete a project's data, so that `cdk destroy` can delete its buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument, YesOption
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.bucket_cleanup import ProjectContent
    from mlproject.names import Names

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html: "delivered within a few hours"
LATE_LOGS = (
    "AWS delivers the access logs of these deletions within a few hours. "
    "If `cdk destroy` reports that the access log bucket is not empty, run this command again."
)
RETAINED = "--i-know-this-deletes-data"


def register(app: typer.Typer) -> None:
    """Add the command `empty`."""
    app.command("empty")(empty)


def empty(
    project: ProjectArgument,
    environment: EnvironmentOption,
    yes: YesOption = False,
    retained: Annotated[
        bool, typer.Option(RETAINED, help="Allow it if environments.yaml has retain_data: true.")
    ] = False,
) -> None:
    """Delete all object versions in a project's buckets and all its model package versions."""
    from mlproject.bucket_cleanup import delete_content, list_content
    from mlproject.cli.common.prompts import confirm
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.names import Names
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    platform.deployments(environment=environment)  # refuses an unknown name
    target = platform.environments[environment]
    # The project's folder may be gone: its data can still be deleted.
    names = Names(project=project, environment=environment, account=target.account, region=target.region)
    if target.retain_data and not retained:
        raise UserError(
            f"environment {environment} retains its data (retain_data: true in environments.yaml), so nothing was "
            f"deleted. To delete all data of {project} in it, run the command again with {RETAINED}.",
            topic="data-retained",
        )
    try:
        session = create_session(target, root)
    except UserError:
        platform.deployment(project, environment)  # a misspelled project is the more useful error
        raise
    with reporting_aws_errors(f"listing the data of {names.prefix}"):
        content = list_content(names, session.client)
    if not content.buckets and not content.group:
        platform.deployment(project, environment)  # refuses a project that has neither parameters nor resources
    _print_summary(names, content)
    if content.is_empty:
        return
    confirm("Delete all of this? It cannot be restored.", yes=yes, declined="nothing was deleted")
    with reporting_aws_errors(f"emptying {names.prefix}"):
        deleted = delete_content(content, session.client, progress=lambda _what, _count: None)
    destroy = f"cdk destroy '{names.path}/*'"
    if project not in platform.projects:
        destroy = f"mlproject destroy {project} --environment {environment}"
    print(f"Deleted {deleted:,}. `{destroy}` can now delete the buckets and the group.")
    if session.endpoint is None:
        print(LATE_LOGS)


def _print_summary(names: Names, content: ProjectContent) -> None:
    from mlproject.cli.common.formatting import format_count, format_size

    print(f"{names.prefix}, account {names.account}, {names.region}:")
    for bucket in content.buckets:
        print(f"  bucket {bucket.bucket}: {format_count(bucket.versions, 'version')}, {format_size(bucket.bytes)}")
    if content.group:
        print(f"  model package group {content.group}: {format_count(len(content.model_packages), 'model package')}")
    if not content.buckets and not content.group:
        print("  not deployed: it has no buckets and no model package group.")
    elif content.is_empty:
        print("Nothing to delete.")
