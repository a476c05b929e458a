"""Start and end the processes of a Livy server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from mlproject.errors import UserError
from mlproject.spark.java import Java
from mlproject.spark.livy_client import LivyClient
from mlproject.spark.livy_home import LivyHome
from mlproject.spark.processes import end_processes, with_descendants

LOG = "livy.log"
START_SECONDS = 90.0
_POLL_SECONDS = 0.1
_LAST_LINES = 5
# The server computes little, so that fast compilation matters more than fast code.
_LIGHT = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_MAIN = "org.apache.livy.repl.LocalLivyServer"
# Livy 0.7.1 is older than the modules of Java 9; without these, it can neither start sessions nor read results.
_OPENED = (
    "java.lang",
    "java.lang.invoke",
    "java.io",
    "java.net",
    "java.nio",
    "java.util",
    "java.util.concurrent",
    "java.util.concurrent.atomic",
    "sun.nio.ch",
    "sun.util.calendar",
)
# Settings of another Spark or Livy on this machine.
_DROPPED = ("SPARK_", "LIVY_", "HADOOP_", "PYSPARK_", "YARN_", "HIVE_", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")


def start_livy(
    home: LivyHome, *, java: Java, spark_home: Path, variables: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start the server in a process group of its own, and return when it responds.

    Args:
        home: its folder, as written by `write_livy_home`.
        java: the JDK.
        spark_home: folder of PySpark.
        variables: all environment variables, which sessions inherit.
        log: file for the messages of the server and its sessions.

    Raises:
        UserError: the server does not start.
    """
    inherited = {name: value for name, value in variables.items() if not name.startswith(_DROPPED)}
    own = {
        "JAVA_HOME": str(java.home),
        "LIVY_HOME": str(home.folder),
        "LIVY_CONF_DIR": str(home.configuration),
        "SPARK_HOME": str(spark_home),
        "SPARK_CONF_DIR": str(home.configuration),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": str(home.python),
    }
    opens = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    temporary = f"-Djava.io.tmpdir={home.work}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(java.program), *_LIGHT, temporary, *opens, "-cp", home.class_path, _MAIN],
            cwd=home.work,
            env={**inherited, **own},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_it_responds(process, LivyClient(home.port), log)
    except BaseException:
        stop_livy(process)
        raise
    return process


def stop_livy(process: subprocess.Popen[bytes]) -> None:
    """End the server, the drivers of its sessions and batches and what they started."""
    try:
        tree = with_descendants(psutil.Process(process.pid))
    except psutil.NoSuchProcess:
        tree = []
    end_processes(tree)
    # A killed server leaves its batches without a parent, but in its process group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_until_it_responds(process: subprocess.Popen[bytes], client: LivyClient, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            client.sessions()
        except OSError:
            time.sleep(_POLL_SECONDS)
        else:
            return
    reason = "ended" if process.poll() is not None else f"does not respond after {START_SECONDS:.0f} s"
    lines = "\n".join(log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
    raise UserError(f"Livy {reason}. The last lines of {log}:\n{lines}", exit_code=1, topic="spark-not-starting")
