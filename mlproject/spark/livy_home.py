"""The folder of a Livy server: links to its jars, and its configuration."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlproject.files import write_atomically
from mlproject.spark.settings import S3A_JARS, S3Access, local_settings, s3a_settings

_SHELL = Path(__file__).parent / "repl_driver"
_RSC = ("livy-rsc-", "livy-api-", "netty-all-")
_LOG = """\
log4j.rootCategory=INFO, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n
log4j.logger.org.eclipse.jetty=WARN
"""


@dataclass(frozen=True, kw_only=True)
class LivyHome:
    """What a Livy server is started with.

    Args:
        folder: its folder, written by `write_livy_home`.
        jars: folder of the downloaded jars.
        driver: jar of the REPL driver.
        port: port on 127.0.0.1.
        python: interpreter of the sessions.
        s3: how sessions reach S3.
        files: folder whose files a session may use by their path.
        settings: further properties of Spark.
    """

    folder: Path
    jars: Path
    driver: Path
    port: int
    python: Path
    s3: S3Access
    files: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def configuration(self) -> Path:
        return self.folder / "conf"

    @property
    def work(self) -> Path:
        """Working directory of the server and the sessions, with their temporary files."""
        return self.folder / "work"

    @property
    def class_path(self) -> str:
        return f"{self.folder}/jars/*:{self.driver}:{self.configuration}"


def write_livy_home(home: LivyHome) -> None:
    """Write the folder of a server anew.

    Raises:
        UserError: a file cannot be written.
    """
    shutil.rmtree(home.folder, ignore_errors=True)
    for name in ("logs", "work"):
        (home.folder / name).mkdir(parents=True)
    jars = sorted(home.jars.glob("*.jar"))
    _link(home.folder / "jars", [each for each in jars if not each.name.startswith(S3A_JARS)])
    _link(home.folder / "rsc-jars", [each for each in jars if each.name.startswith(_RSC)])
    _link(home.folder / "repl_2.12-jars", [home.driver])
    rsc = {"livy.rsc.launcher.address": "127.0.0.1", "livy.rsc.rpc.server.address": "127.0.0.1"}
    files = {
        "livy.conf": _lines({**_server_settings(home), **rsc}, " = "),
        "livy-client.conf": _lines(rsc, " = "),
        "spark-defaults.conf": _lines({**_spark_settings(home), **home.settings}, " "),
        "log4j.properties": _LOG,
    }
    for name, content in files.items():
        write_atomically(home.configuration / name, content)


def _link(folder: Path, jars: list[Path]) -> None:
    folder.mkdir()
    for jar in jars:
        (folder / jar.name).symlink_to(jar.resolve())


def _lines(settings: Mapping[str, str], separator: str) -> str:
    return "".join(f"{name}{separator}{value}\n" for name, value in settings.items())


def _server_settings(home: LivyHome) -> dict[str, str]:
    return {
        "livy.server.host": "127.0.0.1",
        "livy.server.port": str(home.port),
        "livy.spark.master": "local[*]",
        # The server knows no Spark newer than 2.4, whose Scala version it would assume.
        "livy.spark.scala-version": "2.12",
        "livy.file.local-dir-whitelist": f"{home.files}/",
        # As on the cluster (stacks/emr/cluster.py).
        "livy.server.session.timeout": "1h",
        "livy.server.session.timeout-check.skip-busy": "true",
    }


def _spark_settings(home: LivyHome) -> dict[str, str]:
    # Sessions get credentials that are renewed from the supervisor.
    provider = "com.amazonaws.auth.EC2ContainerCredentialsProviderWrapper"
    return {
        "spark.mlproject.shellFolder": str(_SHELL),
        **local_settings(jars=home.jars, python=home.python, work=home.work),
        **s3a_settings(home.s3, work=home.work, provider=provider),
    }
