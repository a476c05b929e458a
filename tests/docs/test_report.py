"""Every key of report.json is described in both languages."""

from __future__ import annotations

import pytest

from mlproject.report.settings import Importance, Metric, Predictions, ReportSettings, Target, Test
from tests.docs.pages import ROOT

KEYS = {key for model in (ReportSettings, Target, Metric, Test, Predictions, Importance) for key in model.model_fields}


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_key_of_report_json_is_on_the_page(language: str) -> None:
    page = (ROOT / "docs" / language / "report.md").read_text()
    assert [key for key in sorted(KEYS) if f"`{key}`" not in page] == []
