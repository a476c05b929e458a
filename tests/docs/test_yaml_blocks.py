"""The YAML on the pages, as parts of project.yaml and environments.yaml of the example, which are loaded as usual."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE, ROOT
from tests.docs.blocks import Block, Status, read_blocks
from tests.gitlab.ci_schema import read_valid_pipeline
from tests.lifecycle_scripts.certificates import self_signed_certificate

BLOCKS = [block for block in read_blocks() if block.language == "yaml" and block.status is Status.RUN]


NOTHING: Mapping[str, Any] = {}
GITLAB = {"url": "https://gitlab.example.com", "project": "data/platform", "project_id": 4711}
# Which the pages presuppose.
CERTIFICATE = self_signed_certificate()
FILES = {
    "certificates/company.pem": CERTIFICATE,
    "projects/flights/certificates/emr-dev.pem": CERTIFICATE,
    "projects/flights/notebooks/start.sh": "echo\n",
}


def keys(file: str) -> set[str]:
    """The keys of a parameter file."""
    return set(json.loads((ROOT / f"schemas/{file}.schema.json").read_text())["properties"])


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_yaml_on_a_page_is_valid(block: Block, tmp_path: Path) -> None:
    content = YAML(typ="safe").load(block.text)
    if content.keys() <= keys("project"):
        load_parameters(lay_out(tmp_path, project=content))
    elif content.keys() <= keys("environments"):
        load_parameters(lay_out(tmp_path, environments=content))
    else:
        (tmp_path / ".gitlab-ci.yml").write_text(block.text)
        read_valid_pipeline(tmp_path / ".gitlab-ci.yml")


def lay_out(root: Path, *, project: Mapping[str, Any] = NOTHING, environments: Mapping[str, Any] = NOTHING) -> Path:
    """Write the example, with whole sections of its files replaced.

    Args:
        root: an empty folder.
        project: sections of project.yaml, whose only environment is dev unless they say otherwise.
        environments: sections of environments.yaml, where environments are added.
    """
    shutil.copytree(EXAMPLE, root, dirs_exist_ok=True)
    yaml = YAML(typ="safe")
    file = root / "projects" / "flights" / "project.yaml"
    yaml.dump({**yaml.load(file), "environments": {"dev": {}}, **project}, file)
    file = root / "environments.yaml"
    base = yaml.load(file)
    added = {**base["environments"], **environments.get("environments", {})}
    yaml.dump({**base, "gitlab": GITLAB, **environments, "environments": added}, file)
    for name, content in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content)
    return root
