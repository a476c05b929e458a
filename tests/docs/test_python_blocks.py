"""The Python and the JSON on the pages work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlproject.report.settings import read_settings
from mlproject.report.settings_translations import read_translations
from tests.checkouts import EXAMPLE
from tests.docs.blocks import Block, Status, read_blocks

PYTHON, JSON = (
    [block for block in read_blocks() if block.language == language and block.status is Status.RUN]
    for language in ("python", "json")
)
# What the text around a block presupposes.
NAMES: dict[str, dict[str, Any]] = {
    "docs/en/example-notebooks.md": {"flights": pd.DataFrame({"arr_delay": [-5.0, 16.0]})},
}


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.place)
def test_python_on_a_page_runs(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("MLPROJECT_DATA_BUCKET", "flights-dev-data")
    exec(compile(block.text, block.place, "exec"), dict(NAMES.get(block.page, {})))  # noqa: S102


def test_json_on_the_page_of_the_report_is_a_valid_report_json_with_its_translations(tmp_path: Path) -> None:
    settings, translations = JSON
    folder = tmp_path / "pipelines" / "houses"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(settings.text)
    (folder / "report.es.json").write_text(translations.text)
    read = read_settings(folder)
    assert read.question == json.loads(settings.text)["question"]
    assert read_translations(folder, read, "es") == json.loads(translations.text)
