"""`mlproject cluster logs`: steps of a cluster, and what EMR wrote about them to the artifacts bucket."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.cli.common.cluster_choice import AnyClusterOption, check_cluster_choice, find_chosen_cluster
from mlproject.cli.common.formatting import format_count
from mlproject.errors import UserError
from mlproject.names import MAIN_CLUSTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlproject.cluster import ClusterLogs, ClusterStep, LogFile, LogFolders
    from mlproject.parameters.model import Deployment

_SHOWN_STEPS = 20
_SHOWN_APPLICATIONS = 5
_CELL_LENGTH = 200
# https://docs.aws.amazon.com/emr/latest/APIReference/API_Step.html, and YARN's ApplicationId
_IDS = {
    "--step": (re.compile(r"s-[A-Z0-9]+"), "s-2M7C8WQ5TR3JH"),
    "--application": (re.compile(r"application_[0-9]+_[0-9]+"), "application_1764479000000_0001"),
}


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What the command shows of a cluster.

    Args:
        logs: where its log files are.
        steps: newest first, or None if EMR does not know the cluster.
        applications: ids of YARN applications with log files, newest first.
        files: the ends of the chosen files.
        omitted: number of folders with log files that were not read.
    """

    logs: ClusterLogs
    steps: Sequence[ClusterStep] | None
    applications: Sequence[str]
    files: Sequence[LogFile]
    omitted: int


def register(app: typer.Typer) -> None:
    """Add the command `cluster logs`."""
    app.command("logs")(logs)


def logs(
    project: ProjectArgument,
    environment: EnvironmentOption,
    *,
    step: Annotated[str | None, typer.Option(metavar="ID", help="The log files of this step.")] = None,
    application: Annotated[
        str | None, typer.Option(metavar="ID", help="The log files of this YARN application, the driver first.")
    ] = None,
    bootstrap: Annotated[bool, typer.Option("--bootstrap", help="The log files of the bootstrap actions.")] = False,
    cluster: AnyClusterOption = MAIN_CLUSTER,
    lines: Annotated[int, typer.Option(min=1, max=10000, help="Last lines of each file.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print steps and lines as one JSON object.")] = False,
) -> None:
    """Show the steps of the cluster and the end of its log files, also after its termination.

    Without an option that chooses log files, those of the last failed step are shown.
    """
    from mlproject.cli.common.context import open_deployment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import ClusterLogs, list_steps

    _check_options(cluster=cluster, step=step, application=application, bootstrap=bootstrap)
    _, deployment, session = open_deployment(project, environment)
    names = deployment.names
    with reporting_aws_errors(f"reading the logs of the cluster of {names.prefix}"):
        cluster_id = find_chosen_cluster(deployment, session.client, cluster)
        place = ClusterLogs(s3=session.client("s3"), bucket=names.bucket("artifacts"), cluster_id=cluster_id)
        steps = list_steps(session.client("emr"), cluster_id)
        if steps is None and not place.exist():
            raise UserError(
                f"EMR does not know cluster {cluster_id} in {names.region}, and there are no "
                f"{_missing(deployment, place)}",
                exit_code=1,
            )
        folders = _choose_folders(place, steps, step=step, application=application, bootstrap=bootstrap)
        found = _Found(
            logs=place,
            steps=steps,
            applications=place.applications(),
            files=place.read(folders, lines=lines),
            omitted=folders.omitted,
        )
    if not found.files and (step or application or bootstrap):
        _require_known(found, step=step, application=application)
        raise UserError(f"there are no such {_missing(deployment, place)}", exit_code=1)
    if as_json:
        print(json.dumps(_as_json(deployment, found), indent=2, default=str))
    else:
        print("\n".join(_lines(deployment, found)))


def _check_options(*, cluster: str, step: str | None, application: str | None, bootstrap: bool) -> None:
    if sum([step is not None, application is not None, bootstrap]) > 1:
        raise UserError("--step, --application and --bootstrap exclude each other: give one of them.")
    check_cluster_choice(cluster)
    for option, value in {"--step": step, "--application": application}.items():
        pattern, example = _IDS[option]
        if value is not None and not pattern.fullmatch(value):
            raise UserError(f"{option} {value}: give an id such as {example}.")


def _choose_folders(
    place: ClusterLogs,
    steps: Sequence[ClusterStep] | None,
    *,
    step: str | None,
    application: str | None,
    bootstrap: bool,
) -> LogFolders:
    """Return the folders that the options choose. By default, that of the last failed step, if any."""
    from mlproject.cluster import LogFolders

    if bootstrap:
        return place.of_bootstrap_actions()
    if application:
        return place.of_application(application)
    chosen = step or next((each.step_id for each in steps or () if each.state == "FAILED"), None)
    return place.of_step(chosen) if chosen else LogFolders(found=(), omitted=0)


def _require_known(found: _Found, *, step: str | None, application: str | None) -> None:
    """Raise a UserError if the cluster has no such step or application."""
    cluster_id = found.logs.cluster_id
    if step and found.steps is not None and step not in {each.step_id for each in found.steps}:
        known = ", ".join(each.step_id for each in found.steps[:_SHOWN_STEPS]) or "it has none"
        raise UserError(f"cluster {cluster_id} has no step {step}. Its steps, newest first: {known}.")
    if application and found.applications and application not in found.applications:
        known = ", ".join(found.applications[:_SHOWN_APPLICATIONS])
        raise UserError(
            f"cluster {cluster_id} has no log files of {application}. Applications with log files, newest first: "
            f"{known}. EMR writes log files about every 5 minutes."
        )


def _missing(deployment: Deployment, place: ClusterLogs) -> str:
    """Say which log files are missing, and why they may be."""
    days = deployment.storage.access_logs_expire_days
    return f"log files below {place.uri}. EMR writes them about every 5 minutes, and they expire after {days} days."


def _lines(deployment: Deployment, found: _Found) -> Iterator[str]:
    environment = deployment.environment
    yield f"{deployment.names.prefix}, account {environment.account}, {environment.region}:"
    yield f"  cluster {found.logs.cluster_id}, logs in {found.logs.uri}"
    yield from _step_lines(found.steps)
    if found.applications:
        more = len(found.applications) - _SHOWN_APPLICATIONS
        shown = ", ".join(found.applications[:_SHOWN_APPLICATIONS])
        yield f"  applications, newest first: {shown}{f' and {more} more' if more > 0 else ''}"
    if not found.files and found.steps is not None:
        failed = any(each.state == "FAILED" for each in found.steps)
        yield f"  the last failed step has no {_missing(deployment, found.logs)}" if failed else "  no step failed"
    for file in found.files:
        yield ""
        note = "" if file.is_complete else " (only its first 256 MB; copy the file to read its end)"
        yield f"{file.uri}, {'last lines' if file.lines else 'empty'}{note}:"
        yield from (f"  {line}" for line in file.lines)
    if found.omitted:
        yield ""
        yield f"and {format_count(found.omitted, 'more folder')} in {found.logs.uri}"


def _step_lines(steps: Sequence[ClusterStep] | None) -> Iterator[str]:
    if steps is None:
        yield "  steps: unknown; EMR keeps terminated clusters for two months"
        return
    if not steps:
        yield "  steps: none"
        return
    shown = steps[:_SHOWN_STEPS]
    rows = [
        (each.step_id, each.state, _duration(each.seconds), _shorten(each.name), _shorten(each.reason or ""))
        for each in shown
    ]
    rows = [("step", "state", "duration", "name", "reason"), *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if len(steps) > len(shown):
        yield f"  and {format_count(len(steps) - len(shown), 'older step')}"


def _shorten(text: str) -> str:
    """Return the start of a text on one line. EMR's reasons can be stack traces."""
    return textwrap.shorten(text, _CELL_LENGTH, placeholder=" ...")


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"


def _as_json(deployment: Deployment, found: _Found) -> dict[str, Any]:
    steps = None if found.steps is None else [{**asdict(each), "seconds": each.seconds} for each in found.steps]
    return {
        "project": deployment.project,
        "environment": deployment.environment.name,
        "cluster_id": found.logs.cluster_id,
        "logs": found.logs.uri,
        "steps": steps,
        "applications": list(found.applications),
        "files": [asdict(each) for each in found.files],
        "omitted_folders": found.omitted,
    }
