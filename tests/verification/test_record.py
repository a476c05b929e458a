"""The page of a verification: same results, differences, and steps that did not run."""

from __future__ import annotations

from mlproject.verification import Record, render_markdown

SAME = Record(claim="it deploys", embedded="storage CREATE_COMPLETE", aws="storage CREATE_COMPLETE")
DIFFERENT = Record(claim="it runs", embedded="Train Succeeded", aws="failed", explanation="quota of 0")
NOT_YET = Record(claim="nothing remains", embedded="nothing")


def rows(page: str) -> list[list[str]]:
    """The cells of the table's body."""
    lines = [line for line in page.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def test_each_claim_stands_beside_what_both_said() -> None:
    page = render_markdown([SAME, DIFFERENT, NOT_YET], title="What AWS did", facts=[("commit", "abc")])
    assert page.startswith("# What AWS did\n\n- commit: abc\n")
    assert rows(page) == [
        ["it deploys", "storage CREATE_COMPLETE", "storage CREATE_COMPLETE", "same"],
        ["it runs", "Train Succeeded", "failed", "**differs**"],
        ["nothing remains", "nothing", "not run", ""],
    ]
    assert "1 of 2 claims have the same result in AWS as in the embedded AWS." in page


def test_what_differs_is_explained_below() -> None:
    page = render_markdown([DIFFERENT], title="What AWS did", facts=[])
    assert page.endswith("## Differences\n\n- it runs: quota of 0\n")


def test_a_page_without_a_difference_has_no_such_part() -> None:
    assert "Differences" not in render_markdown([SAME, NOT_YET], title="What AWS did", facts=[])


def test_a_text_cannot_break_the_table() -> None:
    page = render_markdown([Record(claim="a", embedded="x | y\nz", aws="x | y\nz")], title="t", facts=[])
    assert "| a | x \\| y<br>z | x \\| y<br>z | same |" in page
