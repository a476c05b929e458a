"""Write the files of a release as fixtures: `python -m tests.upgrades.record CHECKOUT RELEASE`.

CHECKOUT is a work tree of the release (`git worktree add --detach FOLDER TAG`). Its own code writes every file, so that
the fixtures are what users of the release have. Its example platform is synthesized for the environment ENVIRONMENT.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from mlproject.deployment import read_stacks
from tests.checkouts import INSTALLED, ROOT, inherited_variables
from tests.parameters.schema_keys import FILES, keys_of_schema
from tests.upgrades.release import ENVIRONMENT, PIPELINE, RELEASES
from tests.upgrades.run_sample import CODE, DEFINITION

# Written by the release's own functions. The arguments are the checkout and the folder of the release.
_WRITERS = Path(__file__).with_name("writers.py")


def record(checkout: Path, release: str) -> Path:
    """Write the fixtures of a release, and return their folder.

    Args:
        checkout: a work tree of the release.
        release: its number.
    """
    target = RELEASES / release
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True)
    (target / "release.json").write_text(_json({"release": release, "commit": commit.stdout.strip()}))
    _copy_parameters(checkout, target)
    with tempfile.TemporaryDirectory() as name:
        _write_stacks(checkout, target, Path(name))
        _write_run(checkout, target, Path(name))
    subprocess.run([sys.executable, _WRITERS, checkout, target], env=_environment(checkout), check=True)
    return target


def _copy_parameters(checkout: Path, target: Path) -> None:
    example = checkout / "tests" / "example"
    parameters = target / "parameters"
    shutil.copytree(example / "projects", parameters / "projects")
    shutil.copy2(example / "environments.yaml", parameters / "environments.yaml")
    pipeline = parameters / "pipelines" / PIPELINE
    pipeline.mkdir(parents=True)
    for file in ("definition.json", "definition.lock.json", "data.json"):
        shutil.copy2(checkout / "pipelines" / PIPELINE / file, pipeline / file)
    keys = {name: sorted(keys_of_schema(name, checkout)) for name in FILES}
    (target / "keys.json").write_text(_json(keys))


def _write_stacks(checkout: Path, target: Path, scratch: Path) -> None:
    """Synthesize the example platform with the release, and keep the templates of one environment."""
    folder = scratch / "checkout"
    ignored = shutil.ignore_patterns(".git", *INSTALLED, "build", "tests", "docs")
    shutil.copytree(checkout, folder, ignore=ignored, symlinks=True)
    shutil.rmtree(folder / "projects")
    shutil.copytree(checkout / "tests" / "example" / "projects", folder / "projects")
    shutil.copy2(checkout / "tests" / "example" / "environments.yaml", folder / "environments.yaml")
    for name in INSTALLED:
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    assembly = scratch / "cdk.out"
    subprocess.run(
        [sys.executable, folder / "app.py"],
        env={**_environment(folder), "CDK_OUTDIR": str(assembly), "CDK_VALIDATION": "false"},
        check=True,
    )
    stacks = target / "stacks"
    stacks.mkdir()
    for stack in read_stacks(assembly):
        if stack.path.startswith(f"{ENVIRONMENT}/"):
            content = {
                "path": stack.path,
                "name": stack.name,
                "tags": dict(stack.tags),
                "is_protected": stack.is_protected,
                "template": json.loads(stack.template),
            }
            (stacks / f"{stack.name}.json").write_text(_json(content))


def _write_run(checkout: Path, target: Path, scratch: Path) -> None:
    """Run a small definition with the release, and keep the folder of the run, its cache and its objects."""
    folder = scratch / "run"
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "step.py").write_text(CODE)
    (folder / "definition.json").write_text(json.dumps(DEFINITION))
    (folder / "environments.yaml").touch()
    subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", "run", "--definition", "definition.json", "--code", "code"],
        cwd=folder,
        env=_environment(checkout),
        check=True,
    )
    shutil.copytree(folder / ".mlproject", target / "mlproject")


def _environment(checkout: Path) -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**inherited_variables(), "PATH": path, "PYTHONPATH": str(checkout)}


def _json(content: object) -> str:
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(record(Path(sys.argv[1]).resolve(), sys.argv[2]))
