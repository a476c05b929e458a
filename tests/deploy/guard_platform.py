"""A checkout with a deployed project for each change that the guard judges, and the commands of a person in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from embedded_aws import ACCOUNT
from tests.checkouts import ROOT
from tests.deploy.conftest import REGION, client_of
from tests.deploy.guard_cases import ENTRY, OVERRIDE, YES, Case
from tests.deploy.scratch_checkout import Checkout, lay_out

OTHER_ACCOUNT = "444455556666"
STORAGE = {"noncurrent_days": 7, "artifacts_expire_days": 60, "access_logs_expire_days": 60}
NOTEBOOK = {"explore": {"instance_type": "ml.t3.medium", "volume_gb": 30}}
CLUSTER = {"primary_instance_type": "m5.xlarge", "core_instance_type": "m5.xlarge"}
PIPELINE = {"folder": "flight_delays"}
# Project to its environment and contents.
PROJECTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "amber": ("kept", {"notebooks": NOTEBOOK}),
    "basil": ("scratch", {"notebooks": NOTEBOOK}),
    "cedar": ("rented", {"notebooks": NOTEBOOK}),
    "delta": ("rented", {"emr": CLUSTER}),
    "ember": ("scratch", {"notebooks": NOTEBOOK}),
    "fjord": ("scratch", {"pipeline": PIPELINE}),
    "grove": ("scratch", {"notebooks": NOTEBOOK}),
    # Unchanged by the other tests, so that it can be removed and renamed.
    "heron": ("scratch", {"notebooks": NOTEBOOK}),
    "zinc": ("moving", {"notebooks": NOTEBOOK}),
}
# Runs an edit of the app, which stands for a change of the code of the stacks.
HOOK = """\
        edit = self.root / "stacks" / "edit.py"
        if edit.is_file():
            exec(edit.read_text(), {"app": app})
        app.synth()
"""
SYNTHESIS = Path("stacks", "synthesis.py")
EDIT = Path("stacks", "edit.py")


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    YAML(typ="safe").dump(content, path)


def lay_out_platform(root: Path, *, imported: Mapping[str, Any]) -> None:
    """Write the checkout.

    Args:
        root: a new folder.
        imported: the network of the environment `rented`.
    """
    lay_out(root)
    # Found before this repository's.
    shutil.copytree(ROOT / "stacks", root / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    code = (root / SYNTHESIS).read_text()
    assert code.count("        app.synth()\n") == 1
    (root / SYNTHESIS).write_text(code.replace("        app.synth()\n", HOOK))
    data = {"account": ACCOUNT, "retain_data": False}
    environments = {
        "kept": {"account": ACCOUNT, "network": {"new": {"cidr": "10.81.0.0/16"}}},
        "scratch": {**data, "network": {"new": {"cidr": "10.82.0.0/16"}}},
        "rented": {**data, "network": {"imported": dict(imported)}},
        "moving": {**data, "network": {"new": {"cidr": "10.84.0.0/16"}}},
    }
    write(root / "environments.yaml", {"region": REGION, "environments": environments})
    for name, (environment, contents) in PROJECTS.items():
        write_project(root, name, environment, contents)


def write_project(root: Path, name: str, environment: str, contents: Mapping[str, Any]) -> None:
    common = {"name": name, "owner": "a@example.com", "cost_centre": "CC-3", "storage": STORAGE}
    write(root / "projects" / name / "project.yaml", {**common, **contents, "environments": {environment: {}}})


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The deployed projects."""

    checkout: Checkout

    @property
    def root(self) -> Path:
        return self.checkout.root

    def client(self, service: str, account: str = ACCOUNT) -> Any:
        return client_of(self.checkout.server, account)(service)

    def status(self, stack: str) -> str:
        (found,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return str(found["StackStatus"])

    def change(self, project: str, edit: Callable[[dict[str, Any]], None]) -> None:
        """Change a project.yaml."""
        path = self.root / "projects" / project / "project.yaml"
        content = read(path)
        edit(content)
        write(path, content)

    def edit_app(self, project: str, stack: str, path: str, edit: str) -> None:
        """Change a resource in the code of the stacks.

        Args:
            path: the path of its construct below the stack.
            edit: a call on the construct, such as `add_property_override(...)`.
        """
        names = (PROJECTS[project][0], project, stack, *path.split("/"))
        found = "app" + "".join(f".node.find_child({name!r})" for name in names)
        (self.root / EDIT).write_text(f"{found}.{edit}\n")

    def guard(self, project: str, *options: str, code: int = 0) -> dict[str, Any]:
        environment = PROJECTS[project][0] if project in PROJECTS else "scratch"
        found: dict[str, Any] = json.loads(
            self.checkout.mlproject("guard", project, "-e", environment, "--json", *options, code=code)
        )
        return found

    def judge(self, project: str, case: Case) -> dict[str, Any]:
        """Run the guard, and return its judgement of a case, which must be the expected one."""
        is_stopped = case.option in {ENTRY, OVERRIDE}
        report = self.guard(project, code=1 if is_stopped else 0)
        assert report["allowed"] is not is_stopped
        (found,) = (each for each in report["judgements"] if each["type"] == case.type)
        assert found["verdict"] == case.verdict, found
        return dict(found)

    def deploy(self, project: str, case: Case, judgement: Mapping[str, Any], *, code: int = 0) -> str:
        """Deploy a change in the way of a case."""
        environment = PROJECTS[project][0] if project in PROJECTS else "scratch"
        command = ("deploy", project, "-e", environment)
        if case.option == YES:
            return self.checkout.mlproject(*command, YES, code=code)
        # Without that, nothing is deployed, and --yes does not suffice.
        assert "so nothing was deployed" in self.checkout.mlproject(*command, YES, code=1)
        if case.option == OVERRIDE:
            return self.checkout.mlproject(*command, OVERRIDE, "a test", code=code)
        entry = {key: judgement[key] for key in ("resource", "deployed_state")}
        self.change(
            project, lambda content: content["environments"][environment].update(
                allow_replacement=[{**entry, "reason": "a test"}]
            ),
        )  # fmt: skip
        said = self.checkout.mlproject(*command, code=code)
        assert "allowed by allow_replacement: a test" in said
        return said
