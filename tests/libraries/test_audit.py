"""`mlproject libraries audit` with real uv and a local server with the API of OSV (https://google.github.io/osv.dev/api/)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.libraries.project import lists_of, project, write_lock
from tests.libraries.registry import Registry

LOCKS = "projects/audited/libraries/locks"
VERSIONS = {"ipykernel": "6.0", "tiny-base": "2.5", "tiny-science": "1.0"}
KNOWN: dict[tuple[str, str], dict[str, Any]] = {
    ("tiny-base", "2.5"): {
        "id": "GHSA-aaaa-bbbb-cccc",
        "aliases": ["CVE-2026-1"],
        "summary": "Reads any file.",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [
            {
                "package": {"name": "tiny-base", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.6"}]}],
            }
        ],
    },
    ("tiny-science", "1.0"): {"id": "PYSEC-2026-9", "modified": "2026-01-01T00:00:00Z"},
}
LINK = "https://osv.dev/vulnerability"


@contextmanager
def serve_osv(asked: list[tuple[str, str]]) -> Iterator[str]:
    """Serve the two requests that a client of OSV makes, and record the libraries and versions that it asks for."""

    class Osv(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            versions = [(each["package"]["name"], each["version"]) for each in queries]
            asked.extend(versions)
            found = [[KNOWN[each]] if each in KNOWN else [] for each in versions]
            short = [[{"id": one["id"], "modified": one["modified"]} for one in each] for each in found]
            self._answer({"results": [{"vulns": each} if each else {} for each in short]})

        def do_GET(self) -> None:
            self._answer(next(each for each in KNOWN.values() if self.path.endswith(f"/v1/vulns/{each['id']}")))

        def _answer(self, content: dict[str, Any]) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer(("localhost", 0), Osv) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()


@pytest.mark.slow
def test_each_locked_version_is_looked_up_and_an_unreachable_database_is_not_taken_for_a_good_result(
    tmp_path: Path,
) -> None:
    checkout = project(tmp_path, Registry(folder=tmp_path / "registry"), name="audited", cluster=True)
    notebook, cluster = lists_of(checkout)
    write_lock(notebook, VERSIONS)
    write_lock(cluster, {"tiny-spark": "3.0"})
    asked: list[tuple[str, str]] = []
    with serve_osv(asked) as url:
        found = checkout.run("libraries", "audit", "audited", "--service-url", url)
        as_json = checkout.run("libraries", "audit", "audited", "--service-url", url, "--json")
        (tmp_path / "projects" / "audited" / "libraries" / "science.txt").write_text("tiny-science<9\n")
        outdated = checkout.run("libraries", "audit", "audited", "--service-url", url)
    write_lock(lists_of(checkout)[0], {"ipykernel": "6.0"})
    with serve_osv([]) as url:
        clean = checkout.run("libraries", "audit", "audited", "--service-url", url)
    offline = replace(checkout, variables={**checkout.variables, "UV_HTTP_RETRIES": "0"})
    unreachable = offline.run("libraries", "audit", "audited", "--service-url", url)

    assert (found.returncode, found.stdout.splitlines()) == (
        1,
        [
            f"{LOCKS}/notebook/science.txt: known vulnerabilities: 2",
            "  tiny-base 2.5: GHSA-aaaa-bbbb-cccc, CVE-2026-1: Reads any file. Fixed in 2.6. "
            f"{LINK}/GHSA-aaaa-bbbb-cccc",
            f"  tiny-science 1.0 (line 1 of the list): PYSEC-2026-9: No version corrects it yet. {LINK}/PYSEC-2026-9",
            f"{LOCKS}/emr/spark.txt: no known vulnerabilities",
        ],
    ), found.stderr
    assert set(asked) == {*VERSIONS.items(), ("tiny-spark", "3.0")}
    assert [each["ids"][0] for each in json.loads(as_json.stdout)["vulnerabilities"]] == [
        "GHSA-aaaa-bbbb-cccc",
        "PYSEC-2026-9",
    ]
    assert (outdated.returncode, outdated.stdout) == (2, "")
    assert "is older than" in outdated.stderr
    assert (clean.returncode, clean.stdout.count("no known vulnerabilities")) == (0, 2), clean.stderr
    assert (unreachable.returncode, unreachable.stdout) == (1, "")
    assert "known vulnerabilities could not be looked up, so nothing is known about them" in unreachable.stderr
    assert "localhost" not in unreachable.stderr
