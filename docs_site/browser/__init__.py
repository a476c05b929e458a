"""Opening the built site in Chromium, with Node: accessibility, requests to other hosts, search, no JavaScript."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
# `scripts/install browser` unpacks it.
_CHROMIUM = _FOLDER / "node_modules" / ".browser" / "chromium"


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing for a request."""


@contextmanager
def serve(site: Path) -> Iterator[str]:
    """Serve a site on this machine, and yield its address."""
    with ThreadingHTTPServer(("localhost", 0), partial(_QuietHandler, directory=site)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def visit(site: Path) -> list[dict[str, str]]:
    """Open every page in light, in dark and on a phone, and return the problems: page, view and problem.

    Problems are findings of axe for WCAG 2.2 A and AA, requests to other hosts, errors of scripts, and pages that are
    wider than the window.
    """
    return _find_problems("visit.mjs", site)


def visit_without_javascript(site: Path) -> list[dict[str, str]]:
    """Open every page without JavaScript, and return the problems: page, view and problem.

    Problems are pages whose content, navigation or other language cannot be seen.
    """
    return _find_problems("plain.mjs", site)


def _find_problems(script: str, site: Path) -> list[dict[str, str]]:
    pages = [path.parent.relative_to(site).as_posix() for path in sorted(site.rglob("index.html"))]
    paths = ["" if page == "." else f"{page}/" for page in pages]
    with serve(site) as origin:
        problems: list[dict[str, str]] = run_script(_FOLDER / script, {"origin": origin, "pages": paths})
    return problems


def search(site: Path, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the paths of the results that the search of a site finds for each word."""
    with serve(site) as origin:
        found: dict[str, list[str]] = run_script(_FOLDER / "search.mjs", {"origin": origin, "words": list(words)})
    return found


def find_chromium() -> Path:
    """Return the path of Chromium.

    Raises:
        RuntimeError: it is not installed.
    """
    if not _CHROMIUM.is_file():
        raise RuntimeError("Chromium is not installed. Run `make docs_site/browser/node_modules/.installed`.")
    return _CHROMIUM


def run_script(script: Path, arguments: Mapping[str, Any]) -> Any:
    """Run a script with Node, and return the JSON that it prints.

    Args:
        script: reads its arguments as JSON, with the path of Chromium in `chromium`.
        arguments: the others.

    Raises:
        RuntimeError: Chromium is not installed, or the script fails.
    """
    given = json.dumps({"chromium": str(find_chromium()), **arguments})
    done = subprocess.run(["node", script], cwd=_FOLDER, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script.name}: {done.stderr.strip()}")
    return json.loads(done.stdout)
