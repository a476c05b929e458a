"""Each template as a file: a change of the stacks shows in a merge request as a readable diff.

Of the real project the templates of dev stand whole; of the other environments stands what differs from dev beside
names and account numbers. Renew them with `pytest tests/stacks/test_snapshots.py --snapshot-update`.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.stacks.assembly import Stack

ENVIRONMENTS = ("dev", "pre", "prod", "local")
STACKS = ("storage", "pipeline", "notebooks", "emr", "operations")
REAL = {
    environment: [
        f"{environment}/network",
        *(f"{environment}/flights/{stack}" for stack in STACKS if (environment, stack) != ("prod", "emr")),
    ]
    for environment in ENVIRONMENTS
}
OTHERS = [name for environment in ENVIRONMENTS[1:] for name in REAL[environment]]
# The other examples differ from these in names only.
EXAMPLES = [
    "owned/network",
    "joined/network",
    "owned/alpha/storage",
    "owned/alpha/pipeline",
    "owned/alpha/notebooks",
    "owned/alpha/emr",
    "owned/alpha/operations",
    "joined/alpha/emr",
    "joined/alpha/pipeline",
    "lent/alpha/notebooks",
    "lent/beta/operations",
    "lent/beta/pipeline",
]


class Template(SingleFileSnapshotExtension):
    """One JSON file for each template, named after the stack."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"


class Difference(Template):
    """What a template has otherwise than another one."""

    file_extension = "diff"


@pytest.mark.parametrize("name", [*REAL["dev"], *EXAMPLES], ids=lambda name: name.replace("/", "-"))
def test_template_is_as_reviewed(name: str, all_stacks: Mapping[str, Stack], snapshot: SnapshotAssertion) -> None:
    assert readable(all_stacks[name]) == snapshot(extension_class=Template)


@pytest.mark.parametrize("name", OTHERS, ids=lambda name: name.replace("/", "-"))
def test_what_differs_from_dev_is_as_reviewed(
    name: str, stacks: Mapping[str, Stack], snapshot: SnapshotAssertion
) -> None:
    environment = name.partition("/")[0]
    dev = name.replace(environment, "dev", 1)
    difference = difflib.unified_diff(
        anonymous(stacks[dev], "dev").splitlines(),
        anonymous(stacks[name], environment).splitlines(),
        dev,
        name,
        "",
        "",
        3,
        "",
    )
    assert "\n".join(difference) + "\n" == snapshot(extension_class=Difference)


def test_every_real_stack_has_a_snapshot(stacks: Mapping[str, Stack]) -> None:
    assert sorted(stacks) == sorted(name for names in REAL.values() for name in names)


def anonymous(stack: Stack, environment: str) -> str:
    """A template without the name of its environment and its account's number."""
    text = readable(stack).replace(stack.account, "<account>")
    return re.sub(rf"(?<![a-z0-9]){environment}(?![a-z0-9])", "<environment>", text)


def readable(stack: Stack) -> str:
    """The template, sorted, without what changes at each edit of a script or of a pipeline's definition.

    Hashes of code stand as the script's name. Lifecycle scripts stand as their settings alone, and the definition as
    its parameters with their values and the names of its steps: what is reviewed are lifecycle_scripts/ and
    definition.json, and other tests prove that the templates hold them whole. A dashboard's body stands as what it is.
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
    """What a lifecycle script is told: the variables that it exports."""
    return re.findall(r"^export (\w+=.*)$", script, flags=re.MULTILINE)


def _outline(definition: dict[str, Any]) -> dict[str, Any]:
    parameters = {parameter["Name"]: parameter.get("DefaultValue") for parameter in definition["Parameters"]}
    return {"Parameters": parameters, "Steps": [step["Name"] for step in definition["Steps"]]}
