"""Spark and Livy on this machine, in place of a project's EMR cluster.

`prepare_jars` and `compile_driver` provide the programs, `write_livy_home` and `start_livy` a server with them, and
`StateFolder` remembers what runs. `SparkSubmit` runs the steps of a cluster.
"""

from mlproject.spark.driver_jar import compile_driver
from mlproject.spark.jars import prepare_jars
from mlproject.spark.java import Java, MissingProgramError, find_java, find_maven
from mlproject.spark.livy_client import LivyClient, SparkSessionStatus
from mlproject.spark.livy_home import LivyHome, write_livy_home
from mlproject.spark.processes import identify, memory_mb, with_descendants
from mlproject.spark.server import start_livy, stop_livy
from mlproject.spark.settings import S3Access
from mlproject.spark.state import ServerRecord, StateFolder, holder_of_port, stop_server
from mlproject.spark.submit import SparkSubmit

__all__ = [
    "Java",
    "LivyClient",
    "LivyHome",
    "MissingProgramError",
    "S3Access",
    "ServerRecord",
    "SparkSessionStatus",
    "SparkSubmit",
    "StateFolder",
    "compile_driver",
    "find_java",
    "find_maven",
    "holder_of_port",
    "identify",
    "memory_mb",
    "prepare_jars",
    "start_livy",
    "stop_livy",
    "stop_server",
    "with_descendants",
    "write_livy_home",
]
