"""Tables and pictures of a rendered page can be read on a small screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs_site.small_screens import adapt_tables, link_pictures


def test_only_long_words_of_code_in_a_table_may_break_and_only_after_a_separator() -> None:
    page = (
        "<p><code>restrict_user_defined_variables</code></p>"
        "<td><code>ml.g4dn.12xlarge</code> <code>restrict_user_defined_variables</code></td>"
        "<td><code>s3:GetObject of flights-dev/data.csv</code></td>"
    )
    assert adapt_tables(page) == (
        "<p><code>restrict_user_defined_variables</code></p>"
        "<td><code>ml.g4dn.12xlarge</code> <code>restrict_<wbr>user_<wbr>defined_<wbr>variables</code></td>"
        "<td><code>s3:GetObject of flights-dev/<wbr>data.<wbr>csv</code></td>"
    )


def test_a_cell_with_much_text_is_marked_so_that_a_phone_gives_it_room() -> None:
    short, long = f"<td>{'<b></b>' * 20}{'a ' * 40}</td>", f'<td style="text-align: left;">{"a " * 41}</td>'
    assert adapt_tables(short) == short
    assert adapt_tables(long) == long.replace(';">', ';" class="long">')


def test_a_picture_leads_to_its_file_unless_the_page_shows_another_one_in_its_place() -> None:
    assert link_pictures('<p><img alt="A" src="../images/a.svg" /></p>') == (
        '<p><a class="picture" href="../images/a.svg"><img alt="A" src="../images/a.svg" /></a></p>'
    )
    for page in ('<p><img alt="A" src="a.webp#only-dark" /></p>', '<p>Text <img alt="A" src="a.svg" /></p>'):
        assert link_pictures(page) == page


@pytest.mark.slow
def test_the_pages_of_the_site_have_both(site: Path) -> None:
    assert "restrict_<wbr>user_" in (site / "gitlab" / "index.html").read_text()
    assert '<a class="picture" href="../images/cost.svg"><img' in (site / "cost" / "index.html").read_text()


@pytest.mark.slow
def test_steps_with_code_between_them_are_counted_on(site: Path) -> None:
    page = (site / "gitlab" / "index.html").read_text()
    assert re.findall(r'<ol(?: start="(\d)")?>', page)[:6] == ["", "2", "3", "4", "5", "6"]
