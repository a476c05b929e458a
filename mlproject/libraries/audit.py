"""Known vulnerabilities of locked libraries, which `uv audit` looks up in the OSV database."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.libraries.failures import uv_error
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import read_lock
from mlproject.libraries.lock_files import read_lock_text
from mlproject.libraries.resolve import uv_program

# Exit codes of `uv audit`, in version 0.13.
_NOTHING_FOUND, _FOUND = 0, 1
# Both are experimental in uv 0.13, which asks for these names.
_PREVIEW = "audit-command,json-output"


@dataclass(frozen=True, kw_only=True)
class Vulnerability:
    """A known vulnerability of a locked version.

    Args:
        library: normalised name of the library.
        version: the locked version.
        ids: its identifiers, that of the database first, such as GHSA-x84v-xcm2-53pg and CVE-2018-18074.
        summary: one sentence of its author; empty if there is none.
        fixed_in: the versions that correct it; empty if there is none.
        link: the page that describes it.
    """

    library: str
    version: str
    ids: tuple[str, ...]
    summary: str
    fixed_in: tuple[str, ...]
    link: str


def audit_lock(library_list: LibraryList, *, service_url: str | None = None) -> tuple[Vulnerability, ...]:
    """Return the known vulnerabilities of a list's locked versions. The package index is not used.

    Args:
        library_list: the list.
        service_url: address of a server with the API of OSV (https://google.github.io/osv.dev/api/). None: osv.dev.

    Raises:
        UserError: the lock is not up to date, or the server cannot be reached or gives an unexpected answer.
    """
    versions = read_lock(read_lock_text(library_list)).versions
    with tempfile.TemporaryDirectory(prefix="mlproject-audit-") as folder:
        script = Path(folder, "libraries.py")
        script.write_text(_script(library_list, versions))
        script.with_name("libraries.py.lock").write_text(_uv_lock(library_list, versions))
        server = ("--service-url", service_url) if service_url else ()
        completed = subprocess.run(
            [
                uv_program(),
                *("audit", "--frozen", "--no-index", "--no-progress", "--color", "never"),
                *("--preview-features", _PREVIEW, "--output-format", "json"),
                *("--script", str(script), *server),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
    if completed.returncode not in {_NOTHING_FOUND, _FOUND}:
        raise _failure(library_list, uv_error(completed.stderr).replace("url the index", "the database"))
    try:
        return tuple(_vulnerability(each) for each in json.loads(completed.stdout)["vulnerabilities"])
    except (ValueError, KeyError, TypeError) as error:
        raise _failure(library_list, "uv's report has an unknown format; install the locked version of uv") from error


def _failure(library_list: LibraryList, reason: str) -> UserError:
    return UserError(
        f"{library_list.lock_file}: known vulnerabilities could not be looked up, so nothing is known about them: "
        f"{reason}. Check the network and the proxy, or give --service-url.",
        exit_code=1,
        topic="package-index-unreachable",
    )


def _vulnerability(found: Mapping[str, Any]) -> Vulnerability:
    return Vulnerability(
        library=found["dependency"]["name"],
        version=found["dependency"]["version"],
        ids=(found["display_id"], *(each for each in found["aliases"] if each != found["display_id"])),
        summary=" ".join((found["summary"] or "").split()),
        fixed_in=tuple(found["fix_versions"]),
        link=found["link"] or "",
    )


def _script(library_list: LibraryList, versions: Mapping[str, str]) -> str:
    """Return a script with inline metadata, since uv audits projects and scripts, but no requirements.txt.

    https://packaging.python.org/en/latest/specifications/inline-script-metadata/
    """
    required = json.dumps([f"{name}=={version}" for name, version in versions.items()])
    lines = [
        "# /// script",
        f'# requires-python = "=={library_list.python}.*"',
        f"# dependencies = {required}",
        "# ///",
    ]
    return "\n".join(lines) + "\n"


def _uv_lock(library_list: LibraryList, versions: Mapping[str, str]) -> str:
    """Return the lock of the script in uv's format. A folder stands for the index, which is not used."""
    required = ", ".join(f'{{ name = "{name}", specifier = "=={version}" }}' for name, version in versions.items())
    packages = [
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "wheels" }}\n'
        for name, version in versions.items()
    ]
    head = f'version = 1\nrevision = 3\nrequires-python = "=={library_list.python}.*"\n'
    return "\n".join([head, f"[manifest]\nrequirements = [{required}]\n", *packages])
