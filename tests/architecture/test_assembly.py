"""Reading a cloud assembly, and the errors if it is missing or invalid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlproject.architecture import read_assembly
from mlproject.errors import UserError


def write_assembly(folder: Path, stacks: dict[str, list[str]]) -> Path:
    """A cloud assembly as the CDK lays it out: a folder for each stage, a template for each stack below it."""
    artifacts: dict[str, Any] = {"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}
    inside: dict[str, dict[str, Any]] = {}
    for path, names in stacks.items():
        stage = path.partition("/")[0]
        nested = folder / f"assembly-{stage}"
        nested.mkdir(parents=True, exist_ok=True)
        for name in names:
            file = f"{path}-{name}.template.json".replace("/", "-")
            (nested / file).write_text(json.dumps({"Resources": {name: {"Type": "AWS::S3::Bucket"}}}))
            inside.setdefault(stage, {})[f"{path}-{name}"] = {
                "type": "aws:cloudformation:stack",
                "environment": "aws://111111111111/eu-west-1",
                "displayName": f"{path}/{name}",
                # As the CDK does, the name is left out if it is the ID of the artifact.
                "properties": {"templateFile": file, **({} if name == "network" else {"stackName": f"aws-{name}"})},
            }
    for stage, found in inside.items():
        (folder / f"assembly-{stage}" / "manifest.json").write_text(json.dumps({"artifacts": found}))
        artifacts[f"assembly-{stage}"] = {
            "type": "cdk:cloud-assembly",
            "properties": {"directoryName": f"assembly-{stage}"},
        }
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def test_the_stacks_of_a_project_and_its_environment_are_read_and_no_others(tmp_path: Path) -> None:
    folder = write_assembly(
        tmp_path / "cdk.out", {"dev/flights": ["storage", "pipeline"], "dev": ["network"], "pre": ["x"]}
    )
    stacks = read_assembly(folder, ("dev", "dev/flights"), remedy="cdk synth")
    assert [stack.name for stack in stacks] == ["dev/network", "dev/flights/storage", "dev/flights/pipeline"]
    assert [stack.stack_name for stack in stacks] == ["dev-network", "aws-storage", "aws-pipeline"]
    assert {(stack.account, stack.region) for stack in stacks} == {("111111111111", "eu-west-1")}
    assert list(stacks[0].template["Resources"]) == ["network"]


def test_an_environment_whose_network_exists_already_has_no_stack_of_its_own(tmp_path: Path) -> None:
    folder = write_assembly(tmp_path / "cdk.out", {"dev/flights": ["storage"]})
    assert [stack.name for stack in read_assembly(folder, ("dev", "dev/flights"), remedy="cdk synth")] == [
        "dev/flights/storage"
    ]


def refusal(folder: Path) -> str:
    with pytest.raises(UserError) as refused:
        read_assembly(folder, ("dev", "dev/flights"), remedy="cdk synth --quiet")
    assert refused.value.exit_code == 2
    return str(refused.value)


def test_without_an_assembly_the_command_that_makes_one_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none") == (
        f"{tmp_path / 'none'}: contains no synthesized templates; run `cdk synth --quiet` first."
    )


def test_an_assembly_without_the_project_is_reported_with_its_stacks(tmp_path: Path) -> None:
    folder = write_assembly(tmp_path / "cdk.out", {"dev": ["network"], "dev/other": ["storage"]})
    assert refusal(folder) == (
        f"{folder}: does not contain dev/flights, only dev, dev/other; run `cdk synth --quiet` first."
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"artifacts": {"a": {}}}', '{"artifacts": {"a": 1}}', "{}"])
def test_an_invalid_manifest_is_reported_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert "cannot be read as a cloud assembly" in refusal(tmp_path)


def test_an_assembly_with_a_missing_template_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = write_assembly(tmp_path / "cdk.out", {"dev/flights": ["storage"]})
    (folder / "assembly-dev" / "dev-flights-storage.template.json").unlink()
    assert "storage.template.json" in refusal(folder)
