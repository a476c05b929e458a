"""Accepted findings: which ones an entry of accepted.yaml covers, and which entries are unused or expired."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from audit.finding import Finding
from mlproject.errors import UserError

ACCEPTED = Path(__file__).with_name("accepted.yaml")
_Text = Annotated[str, Field(min_length=1)]
# A reason that fits into less is no reason.
_Reason = Annotated[str, Field(min_length=30)]


class AcceptedFindings(BaseModel):
    """An entry of accepted.yaml.

    Args:
        subject: what it is about, in some words.
        rules: rules by judge; a `*` matches any text.
        resources: patterns of resources; a `*` matches any text, also a slash.
        reason: why the findings are acceptable.
        owner: who decides about it.
        expires: the last day on which it counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: _Text
    rules: Mapping[_Text, Annotated[tuple[_Text, ...], Field(min_length=1)]]
    resources: Annotated[tuple[_Text, ...], Field(min_length=1)]
    reason: _Reason
    owner: _Text
    expires: date

    def covers(self, finding: Finding) -> bool:
        """Return whether a rule and a resource of the entry match the finding."""
        return any(_matches(rule, finding.rule) for rule in self.rules.get(finding.judge, ())) and any(
            _matches(pattern, finding.resource) for pattern in self.resources
        )


@dataclass(frozen=True, kw_only=True)
class Review:
    """Findings compared with the accepted ones.

    Args:
        accepted: the findings that an entry covers.
        unaccepted: the others.
        problems: a sentence for each entry, rule or pattern that must be removed or reviewed.
    """

    accepted: tuple[Finding, ...]
    unaccepted: tuple[Finding, ...]
    problems: tuple[str, ...]


def read_accepted(path: Path = ACCEPTED) -> tuple[AcceptedFindings, ...]:
    """Return the entries of a file.

    Raises:
        UserError: the file is not valid; it has a line for each error.
    """
    try:
        return TypeAdapter(tuple[AcceptedFindings, ...]).validate_python(YAML(typ="safe").load(path) or ())
    except YAMLError as error:
        raise UserError(f"{path.name}: is not valid YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        lines = [f"{path.name}: entry {_place(each['loc'])}: {each['msg']}" for each in error.errors()]
        raise UserError("\n".join(lines)) from error


def review(
    findings: Sequence[Finding], entries: Sequence[AcceptedFindings], *, judges: Collection[str], today: date
) -> Review:
    """Compare findings with the accepted ones.

    Args:
        findings: of all judges that ran.
        entries: of accepted.yaml.
        judges: names of the judges that ran: entries for others are not unused.
        today: entries that expired before it are reported; they still cover their findings.
    """
    accepted = tuple(finding for finding in findings if any(entry.covers(finding) for entry in entries))
    problems = [
        problem
        for entry in entries
        for problem in (*_expiry_problems(entry, today), *_unused_problems(entry, findings, judges))
    ]
    covered = set(accepted)
    return Review(
        accepted=accepted,
        unaccepted=tuple(sorted(finding for finding in findings if finding not in covered)),
        problems=tuple(problems),
    )


def _expiry_problems(entry: AcceptedFindings, today: date) -> list[str]:
    if today <= entry.expires:
        return []
    return [
        f"{ACCEPTED.name}: '{entry.subject}' expired on {entry.expires}: {entry.owner} reviews its reason and sets "
        "another date, or corrects the finding"
    ]


def _unused_problems(entry: AcceptedFindings, findings: Sequence[Finding], judges: Collection[str]) -> list[str]:
    """Return a sentence for each rule and pattern that covers no finding.

    A pattern is not reported if a judge of the entry did not run: it may be the one that reports the resource.
    """
    ran = [judge for judge in entry.rules if judge in judges]
    covered = [finding for finding in findings if entry.covers(finding)]
    unused = [
        f"{judge} {rule}"
        for judge in ran
        for rule in entry.rules[judge]
        if not any(finding.judge == judge and _matches(rule, finding.rule) for finding in covered)
    ]
    if len(ran) == len(entry.rules):
        unused += [
            pattern
            for pattern in entry.resources
            if not any(_matches(pattern, finding.resource) for finding in covered)
        ]
    return [f"{ACCEPTED.name}: '{entry.subject}' accepts nothing for {each}: remove it" for each in unused]


def _matches(pattern: str, text: str) -> bool:
    # Brackets are literal: rules of cdk-nag and logical ids contain them.
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _place(location: tuple[int | str, ...]) -> str:
    entry, *keys = location or ("",)
    number = entry + 1 if isinstance(entry, int) else entry
    return ", ".join(map(str, (number, *keys)))
