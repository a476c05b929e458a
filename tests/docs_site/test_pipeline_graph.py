"""The picture of the flights' pipeline in the documentation is that of its definition."""

from __future__ import annotations

from docs_site.pipeline_graph import PICTURE, draw_pipeline
from tests.definition.folders import FLIGHT_DELAYS
from tests.docs.pages import ROOT


def test_the_picture_is_that_of_the_definition() -> None:
    assert PICTURE.read_text() == draw_pipeline(FLIGHT_DELAYS), "run `python -m docs_site.pipeline_graph`"


def test_another_pipeline_has_another_picture_with_all_its_steps() -> None:
    picture = draw_pipeline(ROOT / "pipelines" / "digits")
    assert all(f">{name}<" in picture for name in ("Prepare", "Tune", "Evaluate"))
    assert "Train" not in picture
