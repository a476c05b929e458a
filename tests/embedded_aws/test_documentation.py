"""The tables of the embedded AWS's README."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded_aws.documentation import additions_table, types_table

README = Path(__file__).parents[2] / "embedded_aws" / "README.md"


@pytest.mark.parametrize("table", [types_table(), additions_table()], ids=["types", "additions"])
def test_the_readmes_tables_are_fresh(table: str) -> None:
    assert table in README.read_text(), "run `python -m embedded_aws tables --write embedded_aws/README.md`"
