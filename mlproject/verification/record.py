"""What was claimed, what the embedded AWS said, what AWS did: a page that a person reads and keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NOT_ASKED = "not asked"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One claim and what both said of it.

    Args:
        claim: the sentence that is to be true.
        embedded: what the embedded AWS said.
        aws: what AWS did; None until it was asked.
        explanation: the last words of a step that failed.
    """

    claim: str
    embedded: str
    aws: str | None = None
    explanation: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether both said the same; None while AWS was not asked."""
        return None if self.aws is None else self.aws == self.embedded


def markdown(records: Sequence[Record], *, title: str, facts: Sequence[tuple[str, str]]) -> str:
    """The page verify-aws.md.

    Args:
        records: in the order of the steps.
        title: of the page.
        facts: what else a reader must know, such as the account and the commit.
    """
    lines = [f"# {title}", "", *(f"- {name}: {value}" for name, value in facts), ""]
    lines += ["| claim | the embedded AWS said | AWS did | |", "|---|---|---|---|"]
    lines += [
        f"| {_cell(record.claim)} | {_cell(record.embedded)} | {_cell(record.aws or NOT_ASKED)} | {_verdict(record)} |"
        for record in records
    ]
    asked = [record for record in records if record.agrees is not None]
    same = sum(1 for record in asked if record.agrees)
    lines += ["", f"{same} of {len(asked)} claims that AWS was asked are as the embedded AWS said."]
    differing = [record for record in asked if not record.agrees]
    if differing:
        lines += ["", "## What differs", ""]
        lines += [f"- {record.claim}: {record.explanation or record.aws}" for record in differing]
    return "\n".join(lines) + "\n"


def _verdict(record: Record) -> str:
    return {None: "", True: "same", False: "**differs**"}[record.agrees]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
