"""Any file content gives either parameters or the list of errors, never another exception."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlproject.parameters import ParametersError, load_parameters
from tests.parameters.sample_files import ENVIRONMENTS, LIBRARIES, PROJECT, SERVICES, write_files

pytestmark = pytest.mark.slow

SYNTAX = [
    "",
    " ",
    "\n",
    "\t",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    "'",
    "#",
    "&a ",
    "*a",
    "<<: ",
    "? ",
    "| ",
    "> ",
    "%",
]
VALUES = [
    "!",
    "!!int ",
    "!!binary ",
    "~",
    "null",
    "true",
    ".inf",
    ".nan",
    "0x",
    "-",
    "1e999",
    "2013-01-31",
    "\\ud800",
    "é",
]
OTHERS = ["---\n", "...\n", "@", "`", "\x00", "\ufeff", "environments", "name", "new", "imported", "zones", "  dev:\n"]
SNIPPETS = st.sampled_from([*SYNTAX, *VALUES, *OTHERS])
CHANGES = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 40), st.one_of(SNIPPETS, st.text(max_size=5))), max_size=6
)


def mutated(text: str, changes: list[tuple[int, int, str]]) -> str:
    """Return the text with random parts replaced."""
    for start, length, snippet in changes:
        at = start % (len(text) + 1)
        text = text[:at] + snippet + text[at + length :]
    return text


@settings(max_examples=250, deadline=None)
@given(environments=CHANGES, project=CHANGES, services=CHANGES, libraries=CHANGES)
def test_no_mutation_raises_anything_but_the_list_of_mistakes(
    environments: list[tuple[int, int, str]],
    project: list[tuple[int, int, str]],
    services: list[tuple[int, int, str]],
    libraries: list[tuple[int, int, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = write_files(Path(folder), projects={"flights": PROJECT, "trains": SERVICES})
        for path, text, changes in (
            ("environments.yaml", ENVIRONMENTS, environments),
            ("projects/flights/project.yaml", PROJECT, project),
            ("projects/trains/project.yaml", SERVICES.replace("name: flights", "name: trains"), services),
            ("projects/trains/libraries/notebook.txt", LIBRARIES["notebook"], libraries),
        ):
            (root / path).write_bytes(mutated(text, changes).encode("utf-8", "surrogatepass"))
        try:
            load_parameters(root)
        except ParametersError as error:
            lines = str(error).split("\n")
            assert len(lines) == len(error.findings) + (len(error.findings) > 1)
            assert all(finding.file for finding in error.findings)
            assert "pydantic" not in str(error)
            assert "Input should be" not in str(error)
