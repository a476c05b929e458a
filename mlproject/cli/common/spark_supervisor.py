"""The process that runs Livy in the background, and gives its sessions the credentials of the cluster's nodes.

`mlproject spark local up` starts `python -m mlproject.cli.common.spark_supervisor ARGUMENTS`, with one JSON object. It
prints one JSON object, `{"ready": true}` or `{"error": ..., "exit_code": ..., "topic": ...}`, and ends on SIGTERM or
with Livy.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.local_spark import LocalCluster
    from mlproject.spark import LivyHome


def main() -> None:
    """Run Livy until SIGTERM."""
    arguments = json.loads(sys.argv[1])
    signal.signal(signal.SIGTERM, _end)
    try:
        _run(arguments)
    except UserError as error:
        _tell({"error": str(error), "exit_code": error.exit_code, "topic": error.topic})
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("ended", file=sys.stderr)


def _run(arguments: Mapping[str, Any]) -> None:
    from mlproject.cli.common.local_spark import node_credentials, read_local_cluster
    from mlproject.notebooks import CredentialServer, laptop_variables
    from mlproject.spark import Java, ServerRecord, identify, start_livy, stop_livy, write_livy_home

    cluster = read_local_cluster(arguments["project"], arguments["environment"])
    with CredentialServer(node_credentials(cluster)) as server:
        home = _livy_home(cluster, arguments)
        variables = laptop_variables(
            endpoint=home.s3.endpoint,
            region=home.s3.region,
            credentials=server.variables,
            folder=cluster.state.path / "jupyter",
        )
        write_livy_home(home)
        process = start_livy(
            home,
            java=Java(home=Path(arguments["java"]["home"]), version=arguments["java"]["version"]),
            spark_home=Path(arguments["spark_home"]),
            variables={**variables, "AWS_DEFAULT_REGION": home.s3.region},
            log=cluster.state.log,
        )
        try:
            cluster.state.write(
                ServerRecord(
                    supervisor=identify(os.getpid()),
                    livy=identify(process.pid),
                    port=home.port,
                    name=cluster.deployment.names.prefix,
                    python=_version(home.python),
                    libraries=arguments["libraries"],
                )
            )
            # Other commands may look at the record from now on.
            os.close(arguments["lock"])
            _tell({"ready": True})
            print(f"Livy ended with exit code {process.wait()}", file=sys.stderr)
        finally:
            stop_livy(process)


def _livy_home(cluster: LocalCluster, arguments: Mapping[str, Any]) -> LivyHome:
    from mlproject.cli.common.local_spark import open_session
    from mlproject.spark import LivyHome, S3Access

    session = open_session(cluster)
    return LivyHome(
        folder=cluster.state.home,
        jars=Path(arguments["jars"]),
        driver=Path(arguments["driver"]),
        port=arguments["port"],
        python=Path(arguments["python"]),
        s3=S3Access(endpoint=str(session.endpoint), region=session.region),
        files=cluster.root,
    )


def _version(python: Path) -> str:
    import subprocess

    shown = subprocess.run([str(python), "--version"], capture_output=True, text=True, check=True).stdout
    return shown.removeprefix("Python ").strip()


def _tell(message: Mapping[str, Any]) -> None:
    """Print a message for the command that waits, which then no longer reads."""
    print(json.dumps(message), flush=True)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def _end(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
