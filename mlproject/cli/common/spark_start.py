"""The start of local Spark: what its sessions need, and its supervisor."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mlproject.aws_rules.emr import LIVY_PORT
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.local_spark import LocalCluster
    from mlproject.spark import ServerRecord

_LAST_LINES = 5


def start_local_spark(
    cluster: LocalCluster, port: int | None, *, report: Callable[[str], None]
) -> tuple[ServerRecord, bool]:
    """Start Livy in the background, unless it is running.

    Args:
        cluster: the local Spark.
        port: port on 127.0.0.1, or None for that of EMR.
        report: called with lines about what takes long.

    Returns:
        the record of the server, and whether this call started it.

    Raises:
        UserError: a program is missing, the port is in use, the project is not deployed, or Livy does not start.
    """
    with cluster.state.locked() as lock:
        running = cluster.state.running()
        if running:
            if port not in (None, running.port):
                raise UserError(
                    f"local Spark of {running.name} is already running on port {running.port}, not on {port}. Use that "
                    f"port, or stop it first with `mlproject spark local down {cluster.command}`."
                )
            return running, False
        launch = _prepare(cluster, port or LIVY_PORT, report)
        return _spawn(cluster, launch, lock.fileno()), True


def _prepare(cluster: LocalCluster, port: int, report: Callable[[str], None]) -> Mapping[str, Any]:
    """Return what the supervisor needs, checked and built."""
    from mlproject.cli.common.local_spark import node_credentials
    from mlproject.cli.common.spark_python import spark_python
    from mlproject.spark import compile_driver, find_java, prepare_jars

    spark_home, java = cluster.spark_home, find_java()
    _require_free_port(cluster, port)
    node_credentials(cluster)  # fails here, and not in a session, if the role is not deployed
    jars = prepare_jars(cluster.folder / "jars", report=report)
    driver = compile_driver(java, spark_home=spark_home, jars=jars, folder=cluster.folder / "jars")
    python, libraries = spark_python(cluster.root, cluster.deployment, report=report)
    report("starting Livy")
    return {
        "project": cluster.deployment.project,
        "environment": cluster.deployment.environment.name,
        "port": port,
        "spark_home": str(spark_home),
        "java": {"home": str(java.home), "version": java.version},
        "jars": str(jars),
        "driver": str(driver),
        "python": str(python),
        "libraries": libraries,
    }


def _require_free_port(cluster: LocalCluster, port: int) -> None:
    from mlproject.spark import holder_of_port

    try:
        with socket.socket() as probe:
            # As the server of Livy does; connections that have ended do not block the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        holder = holder_of_port(cluster.folder, port)
        owner = f"local Spark of {holder.name}" if holder else "another program"
        raise UserError(
            f"port {port} is used by {owner} ({error.strerror}). End that, or choose another one with --port.",
            exit_code=1,
            topic="spark-not-starting",
        ) from error


def _spawn(cluster: LocalCluster, launch: Mapping[str, Any], lock: int) -> ServerRecord:
    """Start the supervisor, and return the record that it writes when Livy responds."""
    state = cluster.state
    with state.supervisor_log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlproject.cli.common.spark_supervisor", json.dumps({**launch, "lock": lock})],
            cwd=cluster.root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=(lock,),
            start_new_session=True,
        )
    try:
        line = process.stdout.readline() if process.stdout else b""
    except BaseException:
        process.terminate()
        process.wait()
        raise
    told = json.loads(line) if line else {}
    if "error" in told:
        process.wait()
        raise UserError(told["error"], exit_code=told["exit_code"], topic=told["topic"])
    record = state.running()
    if record is None:
        process.wait()
        last = "\n".join(state.supervisor_log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
        raise UserError(
            f"local Spark did not start. The last lines of {state.supervisor_log}:\n{last}",
            exit_code=1,
            topic="spark-not-starting",
        )
    return record
