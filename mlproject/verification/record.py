"""The page with each claim, its result in the embedded AWS and its result in AWS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True)
class Record:
    """A claim with both results.

    Args:
        claim: the claim as a sentence.
        embedded: the result in the embedded AWS.
        aws: the result in AWS; None until the step has run.
        explanation: the last line of output of a failed step.
    """

    claim: str
    embedded: str
    aws: str | None = None
    explanation: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether both results are the same; None until the step has run in AWS."""
        return None if self.aws is None else self.aws == self.embedded


def render_markdown(records: Sequence[Record], *, title: str, facts: Sequence[tuple[str, str]]) -> str:
    """Return the content of verify-aws.md.

    Args:
        records: the records in the order of the steps.
        title: title of the page.
        facts: names and values to list, such as the account and the commit.
    """
    lines = [f"# {title}", "", *(f"- {name}: {value}" for name, value in facts), ""]
    lines += ["| claim | embedded AWS | AWS | |", "|---|---|---|---|"]
    lines += [
        f"| {_cell(record.claim)} | {_cell(record.embedded)} | {_cell(record.aws or NOT_RUN)} | {_verdict(record)} |"
        for record in records
    ]
    compared = [record for record in records if record.agrees is not None]
    same = sum(1 for record in compared if record.agrees)
    lines += ["", f"{same} of {len(compared)} claims have the same result in AWS as in the embedded AWS."]
    differing = [record for record in compared if not record.agrees]
    if differing:
        lines += ["", "## Differences", ""]
        lines += [f"- {record.claim}: {record.explanation or record.aws}" for record in differing]
    return "\n".join(lines) + "\n"


def _verdict(record: Record) -> str:
    return {None: "", True: "same", False: "**differs**"}[record.agrees]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
