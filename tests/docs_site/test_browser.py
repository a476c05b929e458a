"""The pages of the site in a real browser: accessible, without requests to other hosts, and found by their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_site.browser import search, visit, visit_without_javascript

# Every page is opened three times.
pytestmark = [pytest.mark.site, pytest.mark.timeout(1800)]


def test_every_page_is_accessible_in_light_and_dark_and_on_a_phone(site: Path) -> None:
    problems = visit(site)
    assert not problems, "\n".join(f"{each['view']} /{each['page']}: {each['problem']}" for each in problems)


def test_a_page_with_problems_is_reported(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<html><body><img src="https://example.com/a.png"><div style="width: 900px">wide</div>'
        "<script>throw new Error('broken')</script></body></html>"
    )
    problems = {each["problem"].partition(":")[0] for each in visit(tmp_path) if each["view"] == "phone"}
    assert problems >= {"image-alt", "html-has-lang", "requests https", "script error"}
    assert any(each["problem"].startswith("is ") for each in visit(tmp_path) if each["view"] == "phone")


def test_every_page_can_be_read_without_javascript(site: Path) -> None:
    problems = visit_without_javascript(site)
    assert not problems, "\n".join(f"{each['view']} /{each['page']}: {each['problem']}" for each in problems)


def test_a_page_that_needs_javascript_is_reported(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<article class="md-content__inner"></article><label class="md-header__button" for="__drawer">Menu</label>'
        '<div class="md-select"><button>Language</button><a hreflang="en" hidden>English</a></div>'
        "<script>document.querySelector('article').textContent = 'Text '.repeat(100)</script>"
    )
    problems = {(each["view"], each["problem"]) for each in visit_without_javascript(tmp_path)}
    assert problems == {
        ("desktop", "shows no content"),
        ("desktop", "shows no navigation"),
        ("desktop", "does not show the language en"),
        ("phone", "shows no content"),
        ("phone", "shows no navigation"),
    }


def test_words_are_found_with_and_without_accents_in_each_language(site: Path) -> None:
    spanish = search(site, ["ejecución", "ejecucion", "clúster", "cluster"])
    assert "/local-runs/" in spanish["ejecucion"]
    assert "/emr/" in spanish["cluster"]
    assert "/emr/" in spanish["clúster"]
    english = search(site / "en", ["promotion"])
    assert "/promotion/" in english["promotion"]
