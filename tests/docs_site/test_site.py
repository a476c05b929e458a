"""The site builds strictly in both languages, and its pages are those of docs/."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.checkouts import ROOT

pytestmark = pytest.mark.slow


def test_every_page_of_docs_is_in_the_site_in_its_language(site: Path) -> None:
    for language, folder in (("es", site), ("en", site / "en")):
        docs = ROOT / "docs" / language
        for path in docs.rglob("*.md"):
            name = path.relative_to(docs).with_suffix("").as_posix()
            page = folder / (f"{name}/index.html" if name != "index" else "index.html")
            assert f'<html lang="{language}"' in page.read_text(), page


def test_the_switch_of_the_languages_leads_to_the_same_page(site: Path) -> None:
    assert 'href="../en/emr/" hreflang="en"' in (site / "emr" / "index.html").read_text()
    assert 'href="../../emr/" hreflang="es"' in (site / "en" / "emr" / "index.html").read_text()


def test_a_page_contains_the_source_code_that_it_names(site: Path) -> None:
    page = (site / "flight-delays" / "index.html").read_text()
    assert "recent_delay" in page
    assert "--8&lt;--" not in page


def test_the_search_finds_words_with_and_without_accents(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text())
    (section,) = (each for each in index["docs"] if each["location"] == "data/#versiones")
    assert {"versión", "version"} <= set(section["text"].split())


def test_pages_are_small(site: Path) -> None:
    sizes = {path: path.stat().st_size for path in site.rglob("*.html")}
    assert {path.name: size for path, size in sizes.items() if size > 300_000} == {}
