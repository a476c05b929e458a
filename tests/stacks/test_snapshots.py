"""Each template as a file: a change of the stacks shows in a merge request as a readable diff.

These are of the examples, which have everything that a platform may ask for; the repository's own stacks have theirs in
snapshots/. `make snapshots` writes both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from mlproject.parameters import GitLab, Platform
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import JOINED, LENT, OWNED, ROOT
from tests.stacks.readable import readable

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
    "joined/alpha/emr-serverless",
    "joined/alpha/pipeline",
    "lent/alpha/notebooks",
    "lent/beta/operations",
    "lent/beta/pipeline",
]


# A boundary and a role path, deployed from tags; a boundary in a path; an environment that every branch deploys to.
IDENTITIES = ["identity/444444444444", "identity/555555555555", "identity/666666666666"]
GITLAB = GitLab(project="data/platform", project_id=4711, deploy_tags={"owned": "v*"}, branch_environments=("lent",))


def synthesize_identities(folder: Path) -> None:
    from stacks.application import add_stages, create_app

    environments = {each.name: each for each in (OWNED, JOINED, LENT)}
    app = create_app(ROOT, outdir=str(folder))
    platform = Platform(environments=environments, projects={}, gitlab=GITLAB)
    add_stages(app, platform, pipelines=ROOT / "pipelines")
    app.synth()


@pytest.fixture(scope="session")
def identity_stacks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    return stacks_of(once(tmp_path_factory, "identities", synthesize_identities))


class Template(SingleFileSnapshotExtension):
    """One JSON file for each template, named after the stack."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"


@pytest.mark.parametrize("name", EXAMPLES, ids=lambda name: name.replace("/", "-"))
def test_template_is_as_reviewed(name: str, example_stacks: Mapping[str, Stack], snapshot: SnapshotAssertion) -> None:
    assert readable(example_stacks[name]) == snapshot(extension_class=Template)


@pytest.mark.parametrize("name", IDENTITIES, ids=lambda name: name.replace("/", "-"))
def test_identity_is_as_reviewed(name: str, identity_stacks: Mapping[str, Stack], snapshot: SnapshotAssertion) -> None:
    assert readable(identity_stacks[name]) == snapshot(extension_class=Template)
