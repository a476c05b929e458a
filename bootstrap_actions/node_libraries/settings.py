"""Folders of an EMR node, and the settings of its bootstrap action. In the archive, this is `libraries.settings`."""

from __future__ import annotations

import os
from pathlib import Path

# On the root volume. EMR formats the others for the data of its applications.
VOLUME = Path("/opt")
STATE = VOLUME / "mlproject"
CACHE = STATE / "cache"
LIBRARIES = STATE / "libraries"
# EMR sets it as PYSPARK_PYTHON: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark.html
SPARK_PYTHON = Path("python3")

LIST_URI = os.environ["LIBRARIES"] + "/requirements.txt"
WHEELS_URI = os.environ["WHEELS"]
REPORTS_URI = os.environ["REPORTS"]
INDEX = os.environ["LIBRARY_INDEX"]
# The user of the bootstrap action, as whom the libraries are verified: their code does not run as root.
IMPORT_USER = os.environ["IMPORT_USER"]
SOURCE = "the index of this environment" if INDEX else "S3, without an index"

# What the user can do, at the end of messages.
VOLUME_REMEDY = "Remove libraries from the list, or use a packed environment"
MEMORY_REMEDY = "Choose an instance type with more memory for the nodes in project.yaml"
CLOCK_REMEDY = "replace the cluster (mlproject cluster up)"
