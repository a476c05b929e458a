"""The pictures of the flights' pipeline in the documentation are those of its definition."""

from __future__ import annotations

import re

import pytest

from docs_site.pipeline_graph import PICTURES, draw_pipeline
from mlproject.definition import read_definition, steps_of
from tests.definition.folders import FLIGHT_DELAYS
from tests.docs.pages import LANGUAGES, ROOT, page


def test_the_pictures_are_those_of_the_definition() -> None:
    drawn = tuple(path.read_text() for path in PICTURES)
    assert drawn == draw_pipeline(FLIGHT_DELAYS), "run `python -m docs_site.pipeline_graph`"


def test_a_phone_shows_the_narrow_picture_in_full_size() -> None:
    wide, narrow = (int(re.search(r'width="(\d+)"', path.read_text()).group(1)) for path in PICTURES)  # type: ignore[union-attr]
    assert narrow < 360 < wide


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_both_pictures_and_names_every_step(language: str) -> None:
    text = page(language, "flight-delays.md")
    for path, screen in zip(PICTURES, ("wide", "narrow"), strict=True):
        assert f"](images/{path.name}#only-{screen})" in text
    for step in steps_of(read_definition(FLIGHT_DELAYS).document):
        assert f"| `{step['Name']}` | {step['Type']} |" in text


def test_another_pipeline_has_other_pictures_with_all_its_steps() -> None:
    for picture in draw_pipeline(ROOT / "pipelines" / "digits"):
        assert all(f">{name}<" in picture for name in ("Prepare", "Tune", "Evaluate"))
        assert "Train" not in picture
