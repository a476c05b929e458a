"""`mlproject cluster history`: the URL of the Spark history server, with the applications of a cluster."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.cli.common.cluster_choice import AnyClusterOption, check_cluster_choice, find_chosen_cluster
from mlproject.names import MAIN_CLUSTER


def register(app: typer.Typer) -> None:
    """Add the command `cluster history`."""
    app.command("history")(history)


def history(
    project: ProjectArgument,
    environment: EnvironmentOption,
    *,
    cluster: AnyClusterOption = MAIN_CLUSTER,
    browser: Annotated[bool, typer.Option(help="Open it in the browser instead of printing the URL.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print the URL of the Spark history server of a cluster, also after its termination. Do not share the URL."""
    import webbrowser

    from mlproject.cli.common.context import open_deployment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import POLL_SECONDS, create_history_url

    check_cluster_choice(cluster)
    _, deployment, session = open_deployment(project, environment)
    with reporting_aws_errors(f"opening the Spark history of the cluster of {deployment.names.prefix}"):
        cluster_id = find_chosen_cluster(deployment, session.client, cluster)
        url = create_history_url(session.client("emr"), cluster_id, sleep=lambda: time.sleep(POLL_SECONDS))
    served = session.endpoint is None
    shown = browser and served and webbrowser.open(url)
    if as_json:
        print(json.dumps({"cluster": cluster_id, "url": None if shown else url, "served": served}, indent=2))
    elif shown:
        print(f"Opened the Spark history of cluster {cluster_id} in the browser.")
    else:
        print(url)
    if browser and served and not shown:
        print("no browser could be started here.", file=sys.stderr)
    if not served:
        print(
            "The embedded AWS runs no Spark history server, so this URL does not respond. Local Spark shows its own "
            "applications while they run.",
            file=sys.stderr,
        )
