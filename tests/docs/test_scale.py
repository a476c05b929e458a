"""The page on many projects shows what was measured."""

from __future__ import annotations

import pytest

from benchmarks import scale_page
from mlproject.translation import LANGUAGES, Language
from tests.docs.pages import page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_that_of_the_last_measurement(language: Language) -> None:
    expected = scale_page.render_section(scale_page.read_result(), language)
    assert expected in page(language, "scale.md"), "run `python -m benchmarks.scale_page`"
