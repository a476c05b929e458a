"""`mlproject spark local`: Spark and Livy on this machine, in place of a project's cluster."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import ProjectArgument
from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.local_spark import LocalCluster
    from mlproject.spark import ServerRecord, SparkSessionStatus

# As of `mlproject local status`.
NOT_RUNNING = 3

EnvironmentOption = Annotated[
    str,
    typer.Option(
        "--environment",
        "-e",
        help="An environment in the embedded AWS to which the project is deployed.",
        autocompletion=complete_environment,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(group: typer.Typer) -> None:
    """Add the commands `spark local up`, `status` and `down`."""
    local = typer.Typer(
        help="Start, inspect and stop Spark and Livy in place of a project's cluster.", no_args_is_help=True
    )
    local.command("up")(up)
    local.command("status")(status)
    local.command("down")(down)
    group.add_typer(local, name="local")


def up(
    project: ProjectArgument,
    environment: EnvironmentOption = "local",
    port: Annotated[
        int | None, typer.Option(min=1024, max=65535, help="The port of Livy (default: that of EMR, 8998).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start Livy with Spark in the background, unless it is already running.

    Sessions have the role of the cluster's nodes in the embedded AWS, and the project's libraries for the cluster.
    """
    from mlproject.cli.common.local_spark import read_local_cluster
    from mlproject.cli.common.spark_start import start_local_spark
    from mlproject.cli.common.sparkmagic import set_livy_url

    cluster = read_local_cluster(project, environment)
    record, is_new = start_local_spark(cluster, port, report=_print_progress)
    set_livy_url(cluster, record.url, report=_print_progress)
    if as_json:
        _print_json({**_facts(cluster, record), "started": is_new})
        return
    print(f"Local Spark of {record.name} is {'running' if is_new else 'already running'} at {record.url}")
    for line in _versions(cluster, record):
        print(f"  {line}")
    print(f"  log {cluster.state.log}")


def status(project: ProjectArgument, environment: EnvironmentOption = "local", as_json: AsJson = False) -> None:
    """Show versions, sessions, memory and address. Exit codes: 0 running, 3 not running, 1 not responding."""
    from mlproject.cli.common.local_spark import read_local_cluster

    cluster = read_local_cluster(project, environment)
    record = cluster.state.running()
    if record is None:
        lost = cluster.state.read() is not None
        if as_json:
            _print_json({"running": False, "lost": lost})
        else:
            hint = f"To start it, run `mlproject spark local up {cluster.command}`."
            print(f"{_loss(cluster) if lost else f'{_name(cluster)} is not running.'} {hint}")
        raise typer.Exit(NOT_RUNNING)
    sessions, memory = _sessions(cluster, record), _memory(record)
    if as_json:
        listed = [{"id": each.id, "kind": each.kind, "state": each.state} for each in sessions]
        _print_json({"running": True, **_facts(cluster, record), "sessions": listed, "memory_mb": round(memory)})
        return
    print(f"Local Spark of {record.name} is running at {record.url}")
    for line in _versions(cluster, record):
        print(f"  {line}")
    shown = ", ".join(f"{each.id} ({each.kind}, {each.state})" for each in sessions)
    print(f"  sessions: {shown or 'none'}")
    print(f"  memory: {memory:.0f} MB with all sessions")
    print(f"  log {cluster.state.log}")


def down(project: ProjectArgument, environment: EnvironmentOption = "local", as_json: AsJson = False) -> None:
    """Stop it and end all its sessions. It is not an error if it is not running."""
    from mlproject.cli.common.local_spark import read_local_cluster
    from mlproject.spark import stop_server

    cluster = read_local_cluster(project, environment)
    was_running = cluster.state.running() is not None
    record = stop_server(cluster.state)
    if as_json:
        _print_json({"stopped": was_running, "lost": record is not None and not was_running})
    elif was_running:
        print(f"{_name(cluster)} has been stopped.")
    else:
        print(_loss(cluster) if record else f"{_name(cluster)} is not running.")


def _name(cluster: LocalCluster) -> str:
    return f"Local Spark of {cluster.deployment.names.prefix}"


def _loss(cluster: LocalCluster) -> str:
    return f"{_name(cluster)} ended without being stopped, and its sessions are lost. See {cluster.state.log}."


def _versions(cluster: LocalCluster, record: ServerRecord) -> Iterator[str]:
    from mlproject.spark.versions import EMR_RELEASE, EMR_VERSIONS, LIVY, SPARK

    yield (
        f"Spark {SPARK}, Livy {LIVY} with a driver of our own, Python {record.python} with {record.libraries} "
        "libraries of the project"
    )
    theirs = ", ".join(f"{name} {version}" for name, version in EMR_VERSIONS.items())
    yield f"in place of {EMR_RELEASE} ({theirs}); these are the nearest versions that are available"
    release = cluster.deployment.emr.release if cluster.deployment.emr else EMR_RELEASE
    if release != EMR_RELEASE:
        yield f"the project's cluster has {release}, whose versions may be others"


def _facts(cluster: LocalCluster, record: ServerRecord) -> dict[str, Any]:
    from mlproject.spark.versions import EMR_RELEASE, EMR_VERSIONS, LIVY, SPARK

    return {
        "name": record.name,
        "url": record.url,
        "port": record.port,
        "spark": SPARK,
        "livy": LIVY,
        "python": record.python,
        "libraries": record.libraries,
        "stands_for": {"release": EMR_RELEASE, **{name.lower(): version for name, version in EMR_VERSIONS.items()}},
        "supervisor_pid": record.supervisor.pid,
        "livy_pid": record.livy.pid,
        "log": str(cluster.state.log),
        "sparkmagic": str(cluster.sparkmagic),
    }


def _sessions(cluster: LocalCluster, record: ServerRecord) -> tuple[SparkSessionStatus, ...]:
    from mlproject.spark import LivyClient

    try:
        return LivyClient(record.port).sessions()
    except OSError as error:
        raise UserError(
            f"local Spark of {record.name} (process {record.livy.pid}) does not respond at {record.url}: {error}. See "
            f"{cluster.state.log}, or stop it with `mlproject spark local down {cluster.command}`.",
            exit_code=1,
        ) from error


def _memory(record: ServerRecord) -> float:
    from mlproject.spark import memory_mb, with_descendants

    supervisor = record.supervisor.find()
    return memory_mb(with_descendants(supervisor)) if supervisor else 0.0


def _print_progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))
