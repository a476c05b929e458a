"""The results of a campaign: benchmarks/results/faults.json, and the table of docs/*/faults.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measurement import RESULTS, ROOT, save_result
from faults.campaign import list_subjects
from faults.model import Result, Subject, Verdict
from mlproject.files import write_atomically

_FILE = RESULTS / "faults.json"
# Between these lines of a page, the table is replaced.
START, END = "<!-- python -m faults: start -->", "<!-- python -m faults: end -->"
_VERDICTS = (Verdict.RECOVERED, Verdict.REFUSED, Verdict.FAILED)
# The end of a refusal, after the progress that the command printed before.
_ERROR = "error: "


def count_verdicts(results: Sequence[Result]) -> dict[str, int]:
    """Return the number of faults by verdict."""
    return {verdict.value: sum(each.verdict is verdict for each in results) for verdict in _VERDICTS}


def save(results: Sequence[Result]) -> Path | None:
    """Write the results of each subject all of whose faults were judged, and the table of each page.

    Returns:
        the file with the results; None if no subject is complete.
    """
    judged = Counter(each.fault.subject for each in results)
    subjects = list_subjects()
    complete = [name for name, count in judged.items() if count == sum(subjects[name].counts.values())]
    if not complete:
        return None
    known = json.loads(_FILE.read_text())["rows"] if _FILE.exists() else []
    kept = [row for row in known if row["subject"] in subjects and row["subject"] not in complete]
    new = [row for name in complete for row in _rows(subjects[name], results)]
    path = save_result("faults", {"rows": sorted([*kept, *new], key=lambda row: list(subjects).index(row["subject"]))})
    write_tables()
    return path


def write_tables() -> None:
    """Write the table of each page."""
    document = read_results()
    for language in WORDS:
        page = ROOT / "docs" / language / "faults.md"
        before, _, rest = page.read_text().partition(START)
        _, _, after = rest.partition(END)
        write_atomically(page, f"{before}{START}\n\n{render_table(document, language)}\n\n{END}{after}")


def _rows(subject: Subject, results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """Yield the numbers of each kind of fault, with the date, the seed, and one refusal."""
    for kind in subject.counts:
        own = [each for each in results if (each.fault.subject, each.fault.kind) == (subject.name, kind)]
        refused = [_sentence(each) for each in own if each.verdict is Verdict.REFUSED]
        failed = [each.fault.name for each in own if each.verdict is Verdict.FAILED]
        yield {
            "subject": subject.name,
            "kind": kind,
            "measured": f"{datetime.now(UTC):%Y-%m-%d}",
            "seed": own[0].fault.seed,
            **count_verdicts(own),
            **({"a refusal": refused[0]} if refused else {}),
            **({"failures": failed} if failed else {}),
        }


def read_results() -> Mapping[str, Any]:
    """Return the last results of each subject."""
    document: Mapping[str, Any] = json.loads(_FILE.read_text())
    return document


def render_table(document: Mapping[str, Any], language: str) -> str:
    """Return the results in Markdown."""
    words = WORDS[language]
    rows = document["rows"]
    if not rows:
        return words["none"]
    seeds = ", ".join(sorted({str(row["seed"]) for row in rows}))
    dates = sorted({row["measured"] for row in rows})
    span = dates[0] if len(dates) == 1 else f"{dates[0]} / {dates[-1]}"
    measured = words["measured"].format(seed=seeds, **document["machine"], date=span)
    totals = {verdict.value: sum(row[verdict.value] for row in rows) for verdict in _VERDICTS}
    lines = [measured, "", f"| {words['heads']} |", "|---|---|--:|--:|--:|--:|"]
    lines += [
        _row(words.get(row["subject"], f"`{row['subject']}`"), words.get(row["kind"], row["kind"]), row) for row in rows
    ]
    return "\n".join([*lines, _row(f"**{words['total']}**", "", totals)])


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
        "measured": "Measured on {date} with seed {seed} on {cores} cores ({processor}).",
        "total": "total",
        "none": "No subject has been measured completely yet.",
        "run in the embedded AWS": "`run` in the embedded AWS",
        "saved work": "saved work of notebooks",
        "installation of libraries": "installation of libraries on a notebook",
        "kill -9 of the group": "kill -9 of the process group",
        "network": "network: cuts, slow answers, 5xx, throttling",
    },
    "es": {
        "heads": "sujeto | fallo | fallos | recuperados | rechazados con explicación | fallidos",
        "measured": "Medido el {date} con la semilla {seed} con {cores} núcleos ({processor}).",
        "total": "total",
        "none": "Todavía no se ha medido ningún sujeto por completo.",
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
