"""Run a `spark-submit` that is meant for a cluster on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlproject.files import write_atomically
from mlproject.spark.java import Java
from mlproject.spark.settings import S3Access, local_settings, s3a_settings

# Options without a value: https://spark.apache.org/docs/3.5.6/submitting-applications.html and `spark-submit --help`.
_FLAGS = ("--supervise", "--verbose", "-v")
# The process has the credentials of one step in its variables.
_PROVIDER = "com.amazonaws.auth.EnvironmentVariableCredentialsProvider"
# Without the messages of each task, the end of the log is about the script.
_LOG = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
"""


@dataclass(frozen=True, kw_only=True)
class SparkSubmit:
    """Spark with which this machine runs the steps of a cluster.

    Args:
        java: the JDK.
        spark_home: folder of PySpark.
        jars: folder of the downloaded jars.
        python: interpreter of driver and workers.
        cores: number of cores, or `*` for all.
    """

    java: Java
    spark_home: Path
    jars: Path
    python: Path
    cores: str = "*"

    def command(
        self, arguments: Sequence[str], *, folder: Path, variables: Mapping[str, str]
    ) -> tuple[list[str], dict[str, str]]:
        """Write the settings of a `spark-submit`, and return its command and all its environment variables.

        Args:
            arguments: those of `spark-submit` on the cluster.
            folder: a folder of its own, for settings and temporary files.
            variables: the AWS endpoint, region and credentials of the step.
        """
        work, settings = folder / "work", folder / "conf"
        work.mkdir(parents=True)
        s3 = S3Access(endpoint=variables["AWS_ENDPOINT_URL"], region=variables["AWS_REGION"])
        properties = {
            **local_settings(jars=self.jars, python=self.python, work=work),
            **s3a_settings(s3, work=work, provider=_PROVIDER),
        }
        write_atomically(
            settings / "spark-defaults.conf", "".join(f"{name} {value}\n" for name, value in properties.items())
        )
        write_atomically(settings / "log4j2.properties", _LOG)
        own = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "TMPDIR": str(work),
            "JAVA_HOME": str(self.java.home),
            "SPARK_HOME": str(self.spark_home),
            "SPARK_CONF_DIR": str(settings),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": str(self.python),
        }
        # Of two equal options, spark-submit uses the last one.
        place = ["--master", f"local[{self.cores}]", "--deploy-mode", "client"]
        script = script_position(arguments)
        program = str(self.spark_home / "bin" / "spark-submit")
        return [program, *arguments[:script], *place, *arguments[script:]], {**variables, **own}


def script_position(arguments: Sequence[str]) -> int:
    """Return the position of the script among the arguments of `spark-submit`: after all options and their values."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("-"):
        has_value = "=" not in arguments[position] and arguments[position] not in _FLAGS
        position += 2 if has_value else 1
    return position
