"""The page with all topics leads, for each heading of the outline that the documentation follows, to its section."""

from __future__ import annotations

import re

import pytest
from pymdownx.slugs import slugify  # type: ignore[import-untyped]

from tests.docs.pages import LANGUAGES, links, page, rows

# The headings of the outline that the project's owner wrote before there was any documentation, in their order.
OUTLINE = (
    "Introduction",
    *(
        "Setup: framework",
        "Setup: commands",
        "Setup: terminal",
        "Setup: GitLab",
        "Setup: pipeline",
        "Setup: filesystem",
    ),
    *("Notebooks: layout, with pictures", "Notebooks: framework", "Notebooks: instances and costs"),
    *("Memory/CPU based", "Memory/CPU based: installing libraries", "Memory/CPU based: tips"),
    *("Distributed based [EMR]", "EMR: installing libraries", "EMR: SparkMagic", "EMR: tips"),
    *("Plotting", "boto3 [s3]"),
    *("Production: project structure", "Exploratory data analysis (EDA)", "Develop", "Production"),
    *("Continuous integration with GitLab", "SageMaker Pipeline (framework and tips)", "Graph and code of each step"),
    *("Utils for MkDocs", "Introduce code"),
)
_FENCE = re.compile(r"```.*?```", re.DOTALL)
# Pages without a section in their link answer as a whole, and need to be more than a stub.
_LEAST_WORDS = 150


def anchors(text: str) -> set[str]:
    """The anchors of the headings of a page."""
    slug = slugify(case="lower")
    return {slug(title, "-") for title in re.findall(r"^#{2,4} (.+)$", _FENCE.sub("", text), re.MULTILINE)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_of_the_outline_leads_to_a_page_and_a_section_that_exist(language: str) -> None:
    table = rows(page(language, "outline.md"))
    assert len(table) == len(OUTLINE)
    for heading, (_, pages, _) in zip(OUTLINE, table, strict=True):
        assert links(pages), heading
        for link in links(pages):
            name, _, section = link.partition("#")
            text = page(language, name)
            assert section in anchors(text) if section else len(text.split()) > _LEAST_WORDS, f"{heading}: {link}"


def test_both_languages_lead_to_the_same_pages() -> None:
    english, spanish = (
        [[link.partition("#")[0] for link in links(pages)] for _, pages, _ in rows(page(language, "outline.md"))]
        for language in LANGUAGES
    )
    assert english == spanish


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outline_is_on_the_start_page(language: str) -> None:
    assert "outline.md" in links(page(language, "index.md"))
