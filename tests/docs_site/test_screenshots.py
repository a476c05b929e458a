"""The pictures of JupyterLab and of the demo's report, which scripts take when a person runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_site.screenshots.report import PICTURES as REPORT
from docs_site.screenshots.report import SCHEMES, take_pictures
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
    for path in (*PICTURES, *REPORT.iterdir()):
        assert is_webp(path), path
        assert path.stat().st_size < 160_000, path


def is_webp(path: Path) -> bool:
    content = path.read_bytes()
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("page", "names"), [("report", ["pipeline", "results"]), ("index", ["pipeline"])])
def test_the_report_of_the_demo_is_shown_in_both_schemes(language: str, page: str, names: list[str]) -> None:
    text = (ROOT / "docs" / language / f"{page}.md").read_text()
    for name in names:
        for scheme in SCHEMES:
            assert f"](images/report/{name}-{scheme}.webp#only-{scheme})" in text
            assert (REPORT / f"{name}-{scheme}.webp").is_file()


@pytest.mark.site
def test_the_pictures_of_a_report_show_its_sections_in_each_scheme(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text(
        '<meta name="color-scheme" content="light dark"><body style="margin: 0">'
        + "".join(f'<section aria-labelledby="{name}"><h2>{name}</h2></section>' for name in ("pipeline", "metrics"))
        + '<section aria-labelledby="real" style="height: 2000px">\N{FULL BLOCK}</section>'
    )
    take_pictures(report, tmp_path / "pictures")
    taken = {path.stem: path for path in (tmp_path / "pictures").iterdir()}
    assert set(taken) == {f"{name}-{scheme}" for name in ("pipeline", "results") for scheme in SCHEMES}
    assert all(map(is_webp, taken.values()))
    assert taken["results-light"].read_bytes() != taken["results-dark"].read_bytes()


@pytest.mark.site
def test_a_report_without_a_section_is_told(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<body>Nothing ran.</body>")
    with pytest.raises(RuntimeError, match=r"(?s)report\.mjs: .*aria-labelledby=.*pipeline"):
        take_pictures(tmp_path / "report.html", tmp_path)
