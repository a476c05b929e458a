"""Every key of an earlier release still exists, or its error names the successor."""

from __future__ import annotations

import pytest

from mlproject.parameters.renamed_keys import RENAMED_KEYS
from tests.checkouts import ROOT
from tests.parameters.schema_keys import FILES, keys_of_schema
from tests.upgrades.release import Release


@pytest.mark.parametrize("file", FILES)
def test_a_key_of_an_earlier_release_exists_or_is_in_the_table_of_renamed_keys(release: Release, file: str) -> None:
    renamed = {entry.old for entry in RENAMED_KEYS if entry.file == file}
    gone = release.keys[file] - keys_of_schema(file, ROOT)
    assert len(release.keys[file]) > 20
    assert sorted(gone - renamed) == [], "add an entry to mlproject/parameters/renamed_keys.py"
