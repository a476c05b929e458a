"""Render reviews as Markdown for a merge request: a table, then the details, collapsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from mlproject.review.comparison import Review
from mlproject.review.definitions import StepChange
from mlproject.review.permissions import PermissionChange
from mlproject.review.resources import Action, ResourceChange
from mlproject.review.summary import count_actions, count_widened

_ACTIONS = (Action.ADD, Action.CHANGE, Action.STOP, Action.REPLACE, Action.DESTROY, Action.RETAIN)
# Longer values, such as a whole container command, make a table unreadable.
_VALUE_LIMIT = 300


def render_markdown(
    reviews: Sequence[Review], *, removed: Mapping[str, Sequence[str]], base: str | None, notes: Sequence[str] = ()
) -> str:
    """Return the report.

    Args:
        reviews: the reviews of everything that the change affects.
        removed: environments of removed projects, by project.
        base: the merge base; None if everything counts as changed.
        notes: further sentences, such as which projects are left out.
    """
    since = f" since {base[:12]}" if base else ""
    lines = ["## Effects of this change", ""]
    if not (reviews or removed):
        lines += [f"The change{since} affects no project and no environment.", ""]
    if reviews:
        lines += [*_summary(reviews), ""]
    lines += [f"- {_removal(project, environments)}" for project, environments in removed.items()]
    lines += [f"- {note}" for note in notes]
    lines += [f"- {sentence}" for sentence in _comparisons(reviews)]
    for review in reviews:
        if not review.is_empty:
            lines += ["", *_details(review)]
    return "\n".join(lines).rstrip() + "\n"


def _summary(reviews: Iterable[Review]) -> Iterator[str]:
    heads = ["stacks", "compared with", *_ACTIONS, "idle USD per month", "steps", "widened permissions"]
    yield _row(heads)
    yield _row(["---", "---", *(["---:"] * (len(heads) - 2))])
    for review in reviews:
        counts = count_actions(review)
        yield _row(
            [
                _code(review.path),
                review.compared_with.name,
                *(str(counts.get(action, 0)) for action in _ACTIONS),
                _cost(review),
                str(len(review.steps)),
                f"**{count_widened(review)}**" if count_widened(review) else "0",
            ]
        )


def _comparisons(reviews: Iterable[Review]) -> Iterator[str]:
    reasons = dict.fromkeys(each.compared_with.reason for each in reviews if each.compared_with.reason)
    for reason in reasons:
        paths = ", ".join(_code(each.path) for each in reviews if each.compared_with.reason == reason)
        yield f"{paths}: compared with the target branch, not with the deployed stacks: {_inline(reason)}"


def _details(review: Review) -> Iterator[str]:
    counts = ", ".join(f"{count} {action}" for action, count in count_actions(review).items())
    yield f"<details><summary>{_html(review.path)}: {counts or 'no resource changes'}</summary>"
    if review.refusals or review.obsolete_stacks:
        yield ""
    for refusal in review.refusals:
        yield f"- **Not deployed:** {_inline(refusal)}"
    for stack in review.obsolete_stacks:
        yield f"- {_code(stack)} is no longer part of the project. It stays deployed until you run `mlproject destroy`."
    yield from _table(
        "Resources", ("action", "resource", "name", "stack", "because of"), map(_resource, review.resources)
    )
    permissions = map(_permission, review.permissions)
    yield from _table("Permissions", ("change", "role or resource", "effect", "actions", "on"), permissions)
    yield from _table("Pipeline", ("change", "step or parameter", "arguments"), map(_step, review.steps))
    yield ""
    yield "</details>"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    rows = list(rows)
    if rows:
        yield from ("", f"### {title}", "", _row(heads), _row(["---"] * len(heads)), *map(_row, rows))


def _resource(change: ResourceChange) -> Sequence[str]:
    kind = change.type.removeprefix("AWS::").replace("::", " ")
    return (change.action, kind, _code(change.name), _code(change.stack), ", ".join(map(_code, change.because)))


def _permission(change: PermissionChange) -> Sequence[str]:
    who = [f"by {', '.join(map(_code, change.principals))}"] if change.principals else []
    conditions = [f"if {_code(condition)}" for condition in change.conditions]
    return (
        f"**{change.direction}**: {change.reason}"
        if change.direction == "widened"
        else f"{change.direction}: {change.reason}",
        _code(change.owner),
        change.effect,
        ", ".join(map(_code, change.actions)),
        "<br>".join([*map(_code, change.resources), *who, *conditions]),
    )


def _step(change: StepChange) -> Sequence[str]:
    return (change.action, f"{change.kind} {_code(change.name)}", "<br>".join(map(_code, change.arguments)))


def _removal(project: str, environments: Sequence[str]) -> str:
    where = ", ".join(map(_code, environments)) or "every environment"
    return (
        f"{_code(project)} is removed from {where}. Its deployed stacks stay, and cost money, until you run "
        f"`mlproject destroy {project}`."
    )


def _cost(review: Review) -> str:
    before, after = review.cost_before, review.cost_after
    if after is None:
        return "unknown"
    if before is None:
        return f"{after:.2f} (before: unknown)"
    difference = after - before
    return f"{after:.2f} ({difference:+.2f})" if difference != Decimal(0) else f"{after:.2f}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return text in backticks, in which nothing is a link, a mention or the end of a cell."""
    short = text if len(text) <= _VALUE_LIMIT else f"{text[:_VALUE_LIMIT]} ..."
    return f"`{short.replace('`', chr(39)).replace('|', '¦').replace(chr(10), ' ')}`"


def _inline(text: str) -> str:
    return _html(" ".join(text.split())).replace("@", "&#64;")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
