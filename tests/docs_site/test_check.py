"""The check of the built site finds what MkDocs lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_site.check import main, site_problems

GOOD = '<link rel="stylesheet" href="style.css"><h1 id="top">Title</h1><a href="#top">up</a>'


def site(tmp_path: Path, spanish: str, english: str = GOOD) -> Path:
    """Write a site with one page in each language."""
    for folder, text in ((tmp_path, spanish), (tmp_path / "en", english)):
        folder.mkdir(exist_ok=True)
        (folder / "index.html").write_text(text)
        (folder / "style.css").touch()
    return tmp_path


def test_a_good_site_has_no_problems(tmp_path: Path) -> None:
    page = f'{GOOD}<a href="en/#top">English</a><a href="https://docs.aws.amazon.com/">AWS</a><a href="/en/">404</a>'
    assert list(site_problems(site(tmp_path, page))) == []
    assert main([str(tmp_path)]) == 0


def test_the_page_for_missing_pages_may_name_the_address_of_the_site(tmp_path: Path) -> None:
    folder = site(tmp_path, f'{GOOD}<a href="/platform/en/#top">English</a>')
    assert list(site_problems(folder, address="https://data.gitlab.example.com/platform/")) == []
    assert list(site_problems(folder)) == ["index.html: /platform/en/#top leads nowhere"]


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        ('<a href="gone/">x</a>', "gone/ leads nowhere"),
        ('<a href="#gone">x</a>', "#gone leads to no anchor"),
        ('<a href="en/#gone">x</a>', "en/#gone leads to no anchor"),
        ('<a href="../outside">x</a>', "../outside leads nowhere"),
        ('<img src="gone.svg">', "gone.svg leads nowhere"),
        (
            '<script src="https://cdn.example.com/a.js"></script>',
            "loads https://cdn.example.com/a.js from another host",
        ),
        ('<link rel="preconnect" href="//fonts.example.com">', "loads //fonts.example.com from another host"),
    ],
)
def test_a_problem_is_named_with_its_page(
    element: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = site(tmp_path, GOOD + element)
    assert list(site_problems(folder)) == [f"index.html: {problem}"]
    assert main([str(folder)]) == 1
    assert capsys.readouterr().err == f"index.html: {problem}\n"


def test_a_page_in_one_language_only_is_named(tmp_path: Path) -> None:
    folder = site(tmp_path, GOOD)
    (folder / "solo.html").write_text("<p>")
    (folder / "en" / "alone.html").write_text("<p>")
    assert list(site_problems(folder)) == ["solo.html: not in English", "en/alone.html: not in Spanish"]


def test_a_folder_without_pages_is_a_problem(tmp_path: Path) -> None:
    assert list(site_problems(tmp_path)) == [f"{tmp_path}: no pages"]
