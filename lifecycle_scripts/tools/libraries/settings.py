"""Folders of a notebook instance, and the settings of its lifecycle script.

On an EMR node, bootstrap_actions/node_libraries/settings.py takes the place of this module.
"""

from __future__ import annotations

import os
from pathlib import Path

HOME = Path("/home/ec2-user")
# Only the volume survives a stop: https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-add-external.html
VOLUME = HOME / "SageMaker"
STATE = VOLUME / ".mlproject"
CACHE = STATE / "cache"
BASE = HOME / "anaconda3" / "envs" / "python3"
BASE_PYTHON = BASE / "bin" / "python"

LIST_URI = os.environ["LIBRARIES"] + "/requirements.txt"
WHEELS_URI = os.environ["WHEELS"]
INDEX = os.environ["LIBRARY_INDEX"]
KERNEL_TITLE = os.environ["KERNEL_TITLE"]
SOURCE = "the index of this environment" if INDEX else "S3, without an index"

# What the user can do, at the end of messages.
VOLUME_REMEDY = "Delete files, or increase volume_gb of the notebook in project.yaml"
MEMORY_REMEDY = "Shut down kernels, or choose an instance_type with more memory in project.yaml"
CLOCK_REMEDY = "stop and start the notebook"
