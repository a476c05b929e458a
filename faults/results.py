"""The results of a campaign: benchmarks/results/faults.json, and the table of docs/*/faults.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measurement import RESULTS, ROOT, save_result
from faults.model import Result, Verdict
from mlproject.files import write_atomically

# Between these lines of a page, the table is replaced.
START, END = "<!-- python -m faults: start -->", "<!-- python -m faults: end -->"
_VERDICTS = (Verdict.RECOVERED, Verdict.REFUSED, Verdict.FAILED)
# The end of a refusal, after the progress that the command printed before.
_ERROR = "error: "


def summarize(results: Sequence[Result], *, seed: int, minutes: float) -> dict[str, Any]:
    """Return the numbers of a campaign by subject and kind, and one refusal of each.

    Args:
        results: of all faults.
        seed: of the campaign.
        minutes: that it took.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for result in results:
        key = (result.fault.subject, result.fault.kind)
        row = rows.setdefault(key, {"subject": key[0], "kind": key[1], **{each.value: 0 for each in _VERDICTS}})
        row[result.verdict.value] += 1
        if result.verdict is Verdict.REFUSED:
            row.setdefault("a refusal", _sentence(result))
    failed = [result.fault.name for result in results if result.verdict is Verdict.FAILED]
    totals = {each.value: sum(row[each.value] for row in rows.values()) for each in _VERDICTS}
    return {
        "seed": seed,
        "minutes": round(minutes, 1),
        "faults": len(results),
        **totals,
        "rows": list(rows.values()),
        "failures": failed,
    }


def save(summary: Mapping[str, Any]) -> Path:
    """Write the results of a whole campaign, and the table of each page."""
    path = save_result("faults", summary)
    document = read_results()
    for language in WORDS:
        page = ROOT / "docs" / language / "faults.md"
        before, _, rest = page.read_text().partition(START)
        _, _, after = rest.partition(END)
        write_atomically(page, f"{before}{START}\n\n{render_table(document, language)}\n\n{END}{after}")
    return path


def read_results() -> Mapping[str, Any]:
    """Return the results of the last whole campaign."""
    document: Mapping[str, Any] = json.loads((RESULTS / "faults.json").read_text())
    return document


def render_table(document: Mapping[str, Any], language: str) -> str:
    """Return the results in Markdown."""
    words = WORDS[language]
    measured = words["measured"].format(**document, **document["machine"], date=document["measured"][:10])
    lines = [measured, "", f"| {words['heads']} |", "|---|---|--:|--:|--:|--:|"]
    lines += [
        _row(words.get(row["subject"], f"`{row['subject']}`"), words.get(row["kind"], row["kind"]), row)
        for row in document["rows"]
    ]
    return "\n".join([*lines, _row(f"**{words['total']}**", "", document)])


def _row(subject: str, kind: str, numbers: Mapping[str, Any]) -> str:
    counts = [numbers[each.value] for each in _VERDICTS]
    return f"| {subject} | {kind} | {sum(counts)} | {' | '.join(map(str, counts))} |"


def _sentence(result: Result) -> str:
    """Return the sentence of a refusal without the folder of the case."""
    lines = [line for line in result.said.splitlines() if line.startswith(_ERROR)]
    return (lines or result.said.splitlines()[:1] or [""])[0].removeprefix(_ERROR)


WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "heads": "subject | fault | faults | recovered | refused in words | failed",
        "measured": "Measured on {date} with seed {seed}, in {minutes} minutes on {cores} cores ({processor}).",
        "total": "total",
        "run in the embedded AWS": "`run` in the embedded AWS",
        "saved work": "saved work of notebooks",
        "installation of libraries": "installation of libraries on a notebook",
        "kill -9 of the group": "kill -9 of the process group",
        "network": "network: cuts, slow answers, 5xx, throttling",
    },
    "es": {
        "heads": "sujeto | fallo | fallos | recuperados | rechazados con explicación | fallidos",
        "measured": "Medido el {date} con la semilla {seed}, en {minutes} minutos con {cores} núcleos ({processor}).",
        "total": "total",
        "run in the embedded AWS": "`run` en el AWS embebido",
        "saved work": "trabajo guardado de los notebooks",
        "installation of libraries": "instalación de bibliotecas en un notebook",
        "kill -9 of the group": "kill -9 del grupo de procesos",
        "kill -9 of a step": "kill -9 de un paso",
        "kill -9 of the server": "kill -9 del servidor",
        "full disk": "disco lleno",
        "no inodes": "sin inodos",
        "corrupt files": "ficheros dañados",
        "other versions": "otras versiones",
        "network": "red: cortes, lentitud, 5xx, límites",
        "clock jumps": "saltos del reloj",
        "two at once": "dos a la vez",
    },
}
