"""Write the results of the benchmark `scale` into docs/*/scale.md: `python -m benchmarks.scale_page`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.measurement import RESULTS, ROOT
from mlproject.files import write_atomically
from mlproject.translation import Language, format_number, use_language

# Between these lines of a page, the table is replaced.
START, END = "<!-- benchmarks.scale_page: start -->", "<!-- benchmarks.scale_page: end -->"
HEADS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        *("projects", "all anew, s", "memory, MiB", "unchanged, s", "one changed, s", "`check`, s"),
        *("`changed`, one project, s", "`changed`, all, s", "jobs in GitLab"),
    ),
    "es": (
        *("proyectos", "todo de nuevo, s", "memoria, MiB", "sin cambios, s", "uno cambiado, s", "`check`, s"),
        *("`changed`, un proyecto, s", "`changed`, todos, s", "jobs en GitLab"),
    ),
}
MEASURED: Mapping[Language, str] = {
    "en": "Measured on {date} on a machine with {cores} cores ({processor}).",
    "es": "Medido el {date} en una máquina con {cores} núcleos ({processor}).",
}


def read_result() -> Mapping[str, Any]:
    """Return the last measurement."""
    result: Mapping[str, Any] = json.loads((RESULTS / "scale.json").read_text())
    return result


def render_section(result: Mapping[str, Any], language: Language) -> str:
    """Return what a page contains between `START` and `END`: the table, and when and where it was measured."""
    with use_language(language):
        rows = [_cells(name, row) for name, row in result["platforms"].items()]
    heads = HEADS[language]
    lines = [heads, ("---:",) * len(heads), *rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    machine = result["machine"]
    measured = MEASURED[language].format(
        date=result["measured"][: len("2026-01-01")], cores=machine["cores"], processor=machine["processor"]
    )
    return f"{START}\n\n{table}\n\n{measured}\n\n{END}"


def _cells(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    def seconds(key: str) -> str:
        return format_number(row[key]["seconds"], ".1f")

    return (
        name.partition(" ")[0],
        seconds("synth anew"),
        format_number(row["synth anew"]["peak_memory_mib"], ",.0f"),
        seconds("synth unchanged"),
        seconds("synth with one changed"),
        seconds("check"),
        seconds("changed, one project"),
        seconds("changed, all projects"),
        format_number(row["child pipeline"]["jobs"], ",.0f"),
    )


def main() -> None:
    """Replace the table of each page."""
    for language in HEADS:
        page = ROOT / "docs" / language / "scale.md"
        before, _, rest = page.read_text().partition(START)
        _, _, after = rest.partition(END)
        write_atomically(page, f"{before}{render_section(read_result(), language)}{after}")


if __name__ == "__main__":
    main()
