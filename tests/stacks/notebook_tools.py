"""The tools that the notebooks stacks deploy."""

from __future__ import annotations

import re

from mlproject.node_scripts import Tools
from tests.stacks.assembly import Stack


def deployed_tools(stack: Stack) -> Tools:
    """Return the archive of the tools that the first notebook of a stack starts."""
    config = next(iter(stack.resources("AWS::SageMaker::NotebookInstanceLifecycleConfig").values()))
    script = config["Properties"]["OnStart"][0]["Content"]["Fn::Base64"]
    settings = dict(re.findall(r"^export (TOOLS\w*)=(.*)$", script, re.MULTILINE))
    return Tools(uri=settings["TOOLS"], sha256=settings["TOOLS_SHA256"])
