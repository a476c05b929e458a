"""The pictures of JupyterLab, which a script takes when a person runs it."""

from __future__ import annotations

import pytest

from tests.checkouts import ROOT

PICTURES = sorted((ROOT / "docs" / "images" / "jupyterlab").iterdir())


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_picture_is_shown_in_its_language_in_the_light_and_in_the_dark_scheme(language: str) -> None:
    page = (ROOT / "docs" / language / "notebooks.md").read_text()
    names = {path.stem.rpartition("-")[0] for path in PICTURES if f"-{language}-" in path.name}
    assert len(names) == 2
    for name in names:
        for scheme in ("light", "dark"):
            assert f"](images/jupyterlab/{name}-{scheme}.webp#only-{scheme})" in page


def test_the_pictures_are_small_enough_for_a_page() -> None:
    assert len(PICTURES) == 8
    for path in PICTURES:
        content = path.read_bytes()
        assert content.startswith(b"RIFF") and content[8:12] == b"WEBP", path
        assert len(content) < 150_000, path
