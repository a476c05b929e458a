"""Hooks of MkDocs. The pages of docs/ are also read in the repository, where some of their links lead out of docs/."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs_site.reference.commands import commands_page
from docs_site.reference.least_privilege import least_privilege_page
from docs_site.reference.python_api import python_api_page
from docs_site.reference.stack_pages import include_stack
from docs_site.reference.tables import images_page, resource_types_page
from docs_site.search import add_plain_words
from docs_site.small_screens import adapt_tables, link_pictures
from docs_site.source_code import include_source
from mlproject.drawing import read_styles
from mlproject.translation import Language

_ROOT = Path(__file__).parents[1]
_GENERATED: dict[str, Callable[[Language], str]] = {
    "commands.md": commands_page,
    "resource-types.md": resource_types_page,
    "aws-images.md": images_page,
    "least-privilege.md": least_privilege_page,
    "python-api.md": python_api_page,
}
_PLAN_CSS = "assets/plan.css"
_FENCE = re.compile(r"^( *)(```+).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<path>(?:\.\./)+[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
# The header of each page has the same link.
_LANGUAGE = re.compile(r"^\[(?:En español|In English)\]\([^)]*\)\n+", re.MULTILINE)


def on_config(config: Any, **_: Any) -> Any:
    """Set the addresses of the repository and of the site, which jobs of GitLab know, and no other machine."""
    config.extra_css.append(_PLAN_CSS)
    if repository := os.environ.get("CI_PROJECT_URL"):
        config.repo_url, config.repo_name = repository, "GitLab"
        config.edit_uri = f"-/edit/{_branch()}/{Path(config.docs_dir).relative_to(_ROOT).as_posix()}/"
    if address := os.environ.get("CI_PAGES_URL"):
        path = next(each["path"] for each in config.extra["languages"] if each["code"] == config.theme["language"])
        config.site_url = f"{address.rstrip('/')}/{path}"
    return config


def on_files(files: Any, *, config: Any, **_: Any) -> Any:
    """Add the pages that are generated, and the style sheet of the pictures of stacks."""
    from mkdocs.structure.files import File

    files.append(File.generated(config, _PLAN_CSS, content=read_styles("plan")))
    for name, page in _GENERATED.items():
        files.append(File.generated(config, name, content=page(config.theme["language"])))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """Include source code and stacks, remove the link to the other language, and let links lead to the repository."""
    folder = posixpath.dirname(f"{Path(config.docs_dir).relative_to(_ROOT).as_posix()}/{page.file.src_uri}")
    text = include_source(_LANGUAGE.sub("", markdown, count=1), root=_ROOT)
    text = include_stack(text, language=config.theme["language"])
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [_to_repository(text[end : fence.start()], folder, config), fence[0]]
        end = fence.end()
    return "".join([*parts, _to_repository(text[end:], folder, config)])


def on_post_page(output: str, **_: Any) -> str:
    """Make tables and pictures readable on a small screen."""
    return link_pictures(adapt_tables(output))


def on_post_build(*, config: Any, **_: Any) -> None:
    """Let the search find words without their accents."""
    add_plain_words(Path(config.site_dir) / "search" / "search_index.json")


def _to_repository(text: str, folder: str, config: Any) -> str:
    docs = Path(config.docs_dir).relative_to(_ROOT).as_posix()

    def replace(match: re.Match[str]) -> str:
        target = posixpath.normpath(f"{folder}/{match['path']}")
        if target.startswith(f"{docs}/"):
            return match[0]
        if not config.repo_url:
            return f"{match['text']} (`{target}`)"
        address = f"{config.repo_url.rstrip('/')}/-/blob/{_branch()}/{target}"
        return f"[{match['text']}]({address}{match['anchor'] or ''})"

    return _LINK.sub(replace, text)


def _branch() -> str:
    return os.environ.get("CI_DEFAULT_BRANCH", "main")
