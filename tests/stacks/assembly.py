"""Read a cloud assembly: stacks by their path in the app."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlproject.cdk_cli import VALIDATION
from mlproject.parameters import Platform
from tests.checkouts import ROOT, inherited_variables


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A synthesized stack.

    Args:
        name: such as `dev/flights/storage`.
        account: twelve digits.
        region: such as `eu-west-1`.
        properties: what the manifest says of it.
        template: the template.
        template_file: where it lies.
        files: its file assets, by hash.
        acknowledged: construct path to rules and the reasons to accept them.
    """

    name: str
    account: str
    region: str
    properties: Mapping[str, Any]
    template: Mapping[str, Any]
    template_file: Path
    files: Mapping[str, Any]
    acknowledged: Mapping[str, Mapping[str, str]]

    def resources(self, *types: str) -> dict[str, dict[str, Any]]:
        """The resources of these types, or all, by logical id."""
        found: dict[str, dict[str, Any]] = self.template["Resources"]
        return {name: resource for name, resource in found.items() if not types or resource["Type"] in types}

    def only(self, type_name: str) -> dict[str, Any]:
        """The properties of the one resource of a type."""
        (resource,) = self.resources(type_name).values()
        properties: dict[str, Any] = resource["Properties"]
        return properties


def stacks_of(folder: Path) -> dict[str, Stack]:
    """Return the stacks of a cloud assembly and its nested assemblies, by path."""
    return {stack.name: stack for manifest in manifests(folder) for stack in _stacks(manifest)}


def manifests(folder: Path) -> list[Path]:
    """Return the manifests of a cloud assembly and its nested assemblies."""
    return sorted(folder.rglob("manifest.json"))


def _stacks(manifest: Path) -> Iterator[Stack]:
    folder = manifest.parent
    for artifact in json.loads(manifest.read_text())["artifacts"].values():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        template = folder / artifact["properties"]["templateFile"]
        name = template.name.removesuffix(".template.json")
        metadata = json.loads((folder / artifact["additionalMetadataFile"]).read_text())
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        yield Stack(
            name=artifact["displayName"],
            account=account,
            region=region,
            properties=artifact["properties"],
            template=json.loads(template.read_text()),
            template_file=template,
            files=_files(folder / f"{name}.assets.json", template),
            acknowledged={
                path: {
                    rule: reason
                    for entry in entries
                    if entry["type"] == "aws:cdk:acknowledged-rules"
                    for rule, reason in entry["data"].items()
                }
                for path, entries in metadata.items()
                if any(entry["type"] == "aws:cdk:acknowledged-rules" for entry in entries)
            },
        )


def _files(manifest: Path, template: Path) -> dict[str, Any]:
    """Return the assets of a stack without its template. An identity stack has none."""
    files = json.loads(manifest.read_text())["files"] if manifest.exists() else {}
    return {key: file for key, file in files.items() if file["source"]["path"] != template.name}


def retaining(platforms: Iterable[Platform]) -> set[str]:
    """Return the environments whose data is retained."""
    return {
        name for platform in platforms for name, environment in platform.environments.items() if environment.retain_data
    }


def statements(stack: Stack) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every policy statement in a stack, with the type of its resource."""
    for resource in stack.resources().values():
        for document in _documents(resource["Properties"]):
            for statement in document["Statement"]:
                yield resource["Type"], statement


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        else:
            for inner in value.values():
                yield from _documents(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _documents(inner)


def listed(value: Any) -> list[Any]:
    """Return a list. IAM documents contain a single value without a list."""
    return value if isinstance(value, list) else [value]


def run_app(root: Path, out: Path, *, validate: bool = False, **context: str) -> subprocess.CompletedProcess[str]:
    """Run `python app.py` of a checkout with context, like the CDK CLI.

    Args:
        root: the checkout.
        out: receives the cloud assembly.
        validate: whether aws-cdk-lib checks the templates.
        context: the context of the app.
    """
    environment = inherited_variables()
    if validate:
        del environment[VALIDATION]
    return subprocess.run(
        [sys.executable, root / "app.py"],
        env={**environment, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)},
        capture_output=True,
        text=True,
        check=False,
    )


def run_examples(module: str, out: Path) -> None:
    """Synthesize the examples of a module in a process of its own, in which aws-cdk-lib checks the templates.

    Args:
        module: with a function `synthesize`.
        out: receives the cloud assembly.
    """
    code = f"import sys; from pathlib import Path; from {module} import synthesize; synthesize(Path(sys.argv[1]))"
    environment = {name: value for name, value in inherited_variables().items() if name != VALIDATION}
    subprocess.run([sys.executable, "-c", code, str(out)], cwd=ROOT, env=environment, check=True)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first test worker fills and the other workers reuse.

    Args:
        factory: pytest's; the folder lies beside the workers' own.
        name: the folder's name.
        make: fills the folder.
    """
    own = factory.getbasetemp()
    shared = own.parent if own.name.startswith("popen-") else own
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder
