"""The versions of local Spark, and the EMR release for which they stand."""

from __future__ import annotations

# Spark 3.5.6, Livy 0.8.0, Python 3.9 and Java 17:
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-7130-release.html
EMR_RELEASE = "emr-7.13.0"
EMR_VERSIONS = {"Spark": "3.5.6", "Livy": "0.8.0", "Python": "3.9"}
# Of requirements/spark.txt.
SPARK = "3.5.6"
# The newest version of the server in Maven Central, without the part that runs statements (repl_driver/README.md).
LIVY = "0.7.1-incubating"
# Spark 3.5 runs on 8, 11 and 17 (https://spark.apache.org/docs/3.5.6/); EMR 7 uses 17.
JAVA = 17
