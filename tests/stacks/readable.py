"""Templates in a form for review."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.stacks.assembly import Stack


def readable(stack: Stack) -> str:
    """Return the sorted template, without values that change with each edit of a script or a definition.

    Hashes of code are replaced by the name of the script, lifecycle scripts by their settings, and the definition by
    its parameters and step names: reviewers read lifecycle_scripts/ and definition.json instead, and other tests verify
    that the templates contain them. The body of a dashboard is expanded.
    """
    template = json.loads(json.dumps(stack.template))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::SageMaker::Pipeline":
            body, variables = resource["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
            resource["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"] = [
                _outline(json.loads(body)),
                variables,
            ]
        if resource["Type"] == "AWS::CloudWatch::Dashboard":
            body, variables = resource["Properties"]["DashboardBody"]["Fn::Sub"]
            resource["Properties"]["DashboardBody"]["Fn::Sub"] = [json.loads(body), variables]
        if resource["Type"] == "AWS::SageMaker::NotebookInstanceLifecycleConfig":
            for hook in ("OnCreate", "OnStart"):
                (content,) = resource["Properties"][hook]
                content["Content"] = _settings(content["Content"]["Fn::Base64"])
    text = json.dumps(template, indent=2, sort_keys=True)
    for digest, file in stack.files.items():
        text = text.replace(digest, f"<{file['displayName']}>")
    return re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text) + "\n"


def _settings(script: str) -> list[str]:
    """Settings of a lifecycle script: the variables that it exports."""
    return re.findall(r"^export (\w+=.*)$", script, flags=re.MULTILINE)


def _outline(definition: dict[str, Any]) -> dict[str, Any]:
    parameters = {parameter["Name"]: parameter.get("DefaultValue") for parameter in definition["Parameters"]}
    return {"Parameters": parameters, "Steps": [step["Name"] for step in definition["Steps"]]}
