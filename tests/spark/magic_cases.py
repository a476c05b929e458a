"""The commands that a description of SparkMagic may name, what the two kernels respond, and what to use instead.

The table of docs/*/sparkmagic.md has the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

_FILE = "s3://BUCKET/raw/delays.csv"
_ADD_FILE = f"""spark.sparkContext.addFile("{_FILE}")
from pyspark import SparkFiles
print(open(SparkFiles.get("delays.csv")).readline())"""
_READ = f'delays = spark.read.csv("{_FILE}", header=True)'


@dataclass(frozen=True, kw_only=True)
class Command:
    """A cell that works.

    Args:
        code: the cell. URL is replaced by the address of Livy, and BUCKET by the data bucket.
        name: how the page names it.
        shows: part of what it shows.
    """

    code: str
    name: str
    shows: str = ""


@dataclass(frozen=True, kw_only=True)
class MagicCase:
    """A name and the responses to it.

    Args:
        python: part of the response of the Python kernel with `%load_ext sparkmagic.magics`; "" if it shows nothing.
        pyspark: part of the response of the PySpark kernel; "" if it shows nothing.
        in_python: what does in the Python kernel what the name promises.
        in_pyspark: the same in the PySpark kernel.
    """

    python: str
    pyspark: str
    in_python: Command
    in_pyspark: Command


def _unknown(name: str) -> str:
    return f"Subcommand '{name}' not found."


def _unrecognized(arguments: str) -> str:
    return f"unrecognized arguments: {arguments}"


# In an order in which the commands work, and the session of the Python kernel is started by its own row.
CASES = {
    "%spark configure": MagicCase(
        python=_unknown("configure"),
        pyspark=_unrecognized("configure"),
        in_python=Command(name="%%spark config", code='%%spark config\n{"driverMemory": "1g"}'),
        in_pyspark=Command(
            name="%%configure -f", code='%%configure -f\n{"driverMemory": "1g"}', shows="'driverMemory': '1g'"
        ),
    ),
    "%spark": MagicCase(
        python="You need to have at least 1 client created to execute commands.",
        pyspark="",
        in_python=Command(
            name="%spark add -s NAME -l python -u URL -t None",
            code="%spark add -s mine -l python -u URL -t None",
            shows="SparkSession available as 'spark'.",
        ),
        in_pyspark=Command(name="print(spark.version)", code="print(spark.version)", shows="3.5.6"),
    ),
    "%spark info": MagicCase(
        python="Info for running Spark:",
        pyspark=_unrecognized("info"),
        in_python=Command(name="%spark info", code="%spark info", shows="Name: mine"),
        in_pyspark=Command(name="%%info", code="%%info", shows="Current session configs:"),
    ),
    "%spark log": MagicCase(
        python=_unknown("log"),
        pyspark=_unrecognized("log"),
        in_python=Command(name="%spark logs -s NAME", code="%spark logs -s mine", shows=" INFO "),
        in_pyspark=Command(name="%%logs", code="%%logs", shows=" INFO "),
    ),
    "%spark add": MagicCase(
        python="Need to supply URL argument",
        pyspark=_unrecognized("add"),
        in_python=Command(name="spark.sparkContext.addFile", code=f"%%spark\n{_ADD_FILE}", shows="carrier,delay"),
        in_pyspark=Command(name="spark.sparkContext.addFile", code=_ADD_FILE, shows="carrier,delay"),
    ),
    "%spark load": MagicCase(
        python=_unknown("load"),
        pyspark=_unrecognized("load"),
        in_python=Command(name="spark.read.csv", code=f"%%spark -o delays\n{_READ}"),
        in_pyspark=Command(name="spark.read.csv", code=f"%%spark -o delays\n{_READ}"),
    ),
    "%spark display": MagicCase(
        python=_unknown("display"),
        pyspark=_unrecognized("display"),
        in_python=Command(name="%%spark -c sql", code="%%spark -c sql\nSELECT 7 AS seven", shows="seven"),
        in_pyspark=Command(name="%%sql", code="%%sql\nSELECT 7 AS seven", shows="seven"),
    ),
    "display(delays)": MagicCase(
        python="",
        pyspark="name 'display' is not defined",
        in_python=Command(name="%%spark -o delays", code="delays", shows="carrier"),
        in_pyspark=Command(name="%%local", code="%%local\ndelays", shows="carrier"),
    ),
    "%%display": MagicCase(
        python="Cell magic `%%display` not found.",
        pyspark="Cell magic `%%display` not found.",
        in_python=Command(name="display(delays)", code="display(delays)", shows="carrier"),
        in_pyspark=Command(name="%%pretty", code="%%pretty\ndelays.show()", shows="carrier"),
    ),
    "%spark cleanup": MagicCase(
        python="",
        pyspark=_unrecognized("cleanup"),
        in_python=Command(name="%spark cleanup", code="%spark cleanup"),
        in_pyspark=Command(name="%%cleanup -f", code="%%cleanup -f"),
    ),
}
