"""Check the built site: `python -m docs_site.check FOLDER`.

Every link and picture leads to a file or an anchor of the site, no page loads anything from another host, and every
page exists in both languages. MkDocs checks the links in Markdown, but not those of HTML and of its theme.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Elements that load what they refer to when the page is opened.
_LOADED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "video": "src", "object": "data"}
_LOADED_LINKS = frozenset({"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "manifest"})
ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page of the site contains.

    Args:
        links: targets of its links.
        loaded: what it loads when it is opened.
        anchors: ids and names to which links can lead.
    """

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.page.anchors.update(values[name] for name in ("id", "name") if name in values)
        if tag in _LOADED and values.get(_LOADED[tag]):
            self.page.loaded.append(values[_LOADED[tag]])
        elif tag == "link" and _LOADED_LINKS & set(values.get("rel", "").split()):
            self.page.loaded.append(values["href"])
        elif tag in ("a", "link") and "href" in values:
            self.page.links.append(values["href"])


def read_page(text: str) -> Page:
    """Return the links, the loaded files and the anchors of a page."""
    reader = _Reader()
    reader.feed(text)
    return reader.page


def site_problems(site: Path, *, address: str = "") -> Iterator[str]:
    """Yield the problems of a site, each as a sentence.

    Args:
        site: folder with the site in the default language, and the others in folders of it.
        address: address of the site, with which the page for missing pages begins its links.
    """
    base = urlsplit(address).path
    pages = {path: read_page(path.read_text()) for path in sorted(site.rglob("*.html"))}
    if not pages:
        yield f"{site}: no pages"
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        for target in page.loaded:
            if urlsplit(target).netloc:
                yield f"{name}: loads {target} from another host"
        for target in (*page.links, *page.loaded):
            problem = _link_problem(target, path, site, pages, base=base)
            if problem:
                yield f"{name}: {problem}"
    yield from _without_twin(site, pages)


def _link_problem(address: str, path: Path, site: Path, pages: dict[Path, Page], *, base: str) -> str | None:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    target = path
    if parts.path:
        # Only the page for missing pages has absolute addresses, since it is shown in any folder.
        folder = site if parts.path.startswith("/") else path.parent
        target = (folder / unquote(parts.path).removeprefix(base).lstrip("/")).resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return f"{address} leads nowhere"
    page = pages.get(target)
    if parts.fragment and page and unquote(parts.fragment) not in page.anchors and parts.fragment != "__top":
        return f"{address} leads to no anchor"
    return None


def _without_twin(site: Path, pages: dict[Path, Page]) -> Iterator[str]:
    names = {path.relative_to(site).as_posix() for path in pages}
    english = {name.removeprefix(f"{ENGLISH}/") for name in names if name.startswith(f"{ENGLISH}/")}
    spanish = {name for name in names if not name.startswith(f"{ENGLISH}/")}
    for name in sorted(spanish - english):
        yield f"{name}: not in English"
    for name in sorted(english - spanish):
        yield f"{ENGLISH}/{name}: not in Spanish"


def main(arguments: list[str]) -> int:
    (folder,) = arguments
    problems = list(site_problems(Path(folder).resolve(), address=os.environ.get("CI_PAGES_URL", "")))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
