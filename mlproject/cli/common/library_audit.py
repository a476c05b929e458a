"""`mlproject libraries audit`: look up known vulnerabilities of the locked libraries."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.completion import complete_project
from mlproject.cli.common.library_lists import project_lists

if TYPE_CHECKING:
    from mlproject.libraries import LibraryList, Vulnerability


def audit(
    project: Annotated[
        str | None,
        typer.Argument(
            help="A project's name, such as flights (default: all projects).", autocompletion=complete_project
        ),
    ] = None,
    *,
    service_url: Annotated[
        str | None,
        typer.Option(
            "--service-url", metavar="URL", help="A server with the API of OSV, such as a mirror (default: osv.dev)."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: vulnerabilities.")] = False,
) -> None:
    """Look up known vulnerabilities of the locked libraries in the OSV database.

    Sends the names and versions of the libraries. Exit code 0 if no vulnerability is known, 1 if one is, or if the
    database cannot be reached.
    """
    from mlproject.files import project_root
    from mlproject.libraries import audit_lock

    lists = project_lists(project_root(), project)
    found = [(each, audit_lock(each, service_url=service_url)) for each in lists]
    if as_json:
        entries = [
            {"lock": each.lock_file, **asdict(one)} for each, vulnerabilities in found for one in vulnerabilities
        ]
        print(json.dumps({"vulnerabilities": entries}, indent=2))
    else:
        for library_list, vulnerabilities in found:
            _print_list(library_list, vulnerabilities)
    raise typer.Exit(1 if any(vulnerabilities for _, vulnerabilities in found) else 0)


def _print_list(library_list: LibraryList, vulnerabilities: tuple[Vulnerability, ...]) -> None:
    count = f"known vulnerabilities: {len(vulnerabilities)}" if vulnerabilities else "no known vulnerabilities"
    print(f"{library_list.lock_file}: {count}")
    for each in vulnerabilities:
        print(f"  {_describe(library_list, each)}")


def _describe(library_list: LibraryList, vulnerability: Vulnerability) -> str:
    line = library_list.line_of(vulnerability.library)
    place = f" (line {line.number} of the list)" if line else ""
    fixed = ", ".join(vulnerability.fixed_in)
    remedy = f"Fixed in {fixed}" if fixed else "No version corrects it yet"
    sentences = [vulnerability.summary.rstrip("."), remedy, vulnerability.link]
    return (
        f"{vulnerability.library} {vulnerability.version}{place}: {', '.join(vulnerability.ids)}: "
        f"{'. '.join(filter(None, sentences))}"
    )
