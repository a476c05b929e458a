"""Each template as a file: a change of the stacks shows in a merge request as a readable diff.

These are of the examples, which have everything that a platform may ask for; the repository's own stacks have theirs in
snapshots/. `make snapshots` writes both.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.stacks.assembly import Stack
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
    "joined/alpha/pipeline",
    "lent/alpha/notebooks",
    "lent/beta/operations",
    "lent/beta/pipeline",
]


class Template(SingleFileSnapshotExtension):
    """One JSON file for each template, named after the stack."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"


@pytest.mark.parametrize("name", EXAMPLES, ids=lambda name: name.replace("/", "-"))
def test_template_is_as_reviewed(name: str, example_stacks: Mapping[str, Stack], snapshot: SnapshotAssertion) -> None:
    assert readable(example_stacks[name]) == snapshot(extension_class=Template)
