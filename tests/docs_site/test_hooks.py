"""Links of a page that lead out of docs/ lead to the repository, if its address is known."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from docs_site.hooks import on_config, on_page_markdown
from tests.checkouts import ROOT

PAGE = """\
# Title

[En español](../es/emr.md)

[rules](../../ARCHITECTURE.md#packages), [costs](cost.md) and [folder](runbooks/batch-failed.md)

```markdown
[rules](../../ARCHITECTURE.md)
```
"""


def rendered(repository: str) -> str:
    config = SimpleNamespace(docs_dir=str(ROOT / "docs" / "en"), repo_url=repository, theme={"language": "en"})
    page = SimpleNamespace(file=SimpleNamespace(src_uri="emr.md"))
    return on_page_markdown(PAGE, page=page, config=config)


def test_without_an_address_the_file_is_named() -> None:
    text = rendered("")
    assert "rules (`ARCHITECTURE.md`), [costs](cost.md) and [folder](runbooks/batch-failed.md)" in text
    assert "En español" not in text
    assert "[rules](../../ARCHITECTURE.md)\n```" in text


def test_with_an_address_the_link_leads_to_the_default_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_DEFAULT_BRANCH", "trunk")
    text = rendered("https://gitlab.example.com/data/platform/")
    assert "[rules](https://gitlab.example.com/data/platform/-/blob/trunk/ARCHITECTURE.md#packages)" in text


def test_a_job_of_gitlab_gives_the_addresses_of_repository_and_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PROJECT_URL", "https://gitlab.example.com/data/platform")
    monkeypatch.setenv("CI_PAGES_URL", "https://data.pages.example.com/platform")
    languages = [{"code": "es", "path": ""}, {"code": "en", "path": "en/"}]
    config = SimpleNamespace(
        docs_dir=str(ROOT / "docs" / "en"),
        theme={"language": "en"},
        extra={"languages": languages},
        extra_css=["assets/site.css"],
    )
    changed = on_config(config)
    assert changed.site_url == "https://data.pages.example.com/platform/en/"
    assert (changed.repo_url, changed.edit_uri) == ("https://gitlab.example.com/data/platform", "-/edit/main/docs/en/")
