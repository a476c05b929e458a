"""The page about least privilege shows each use and each reason of the files that the tests compare."""

from __future__ import annotations

import pytest

from docs_site.reference.least_privilege import least_privilege_page, read_unused, read_used, role_name
from mlproject.translation import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_each_use_and_each_reason_below_its_role(language: Language) -> None:
    page = least_privilege_page(language)

    def rows(role: str) -> list[str]:
        section = page.partition(f"\n## `{role_name(role)}`\n")[2].partition("\n## ")[0]
        return [line for line in section.splitlines() if line.startswith("| ")]

    for role, statements in read_used().items():
        for sid, uses in statements.items():
            assert any(
                row.startswith(f"| {sid} | ") and all(f"`{what}`" in row for what in uses) for row in rows(role)
            ), (role, sid)
    for entry in read_unused():
        for role in entry.roles:
            assert any(
                row.startswith(f"| {', '.join(entry.statements)} | ") and entry.reason[language] in row
                for row in rows(role)
            ), entry
