"""`mlproject review`: report the effects of a change on resources, costs, pipelines and permissions."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.affected import SinceOption
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.review import Comparison
    from mlproject.gitlab import MergeRequest
    from mlproject.review import Review

REPORT, TERRAFORM = "review.md", "terraform.json"
MARKER = "<!-- mlproject review -->"


def register(app: typer.Typer) -> None:
    """Add the command `review`."""
    app.command("review")(review)


def review(
    *,
    since: SinceOption,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FOLDER", help=f"Write {REPORT} and GitLab's {TERRAFORM} to this folder."),
    ] = None,
    compare: Annotated[
        str,
        typer.Option(
            "--compare",
            metavar="WITH",
            help="auto: the deployed stacks if the credentials may read them, otherwise the target branch. deployed or "
            "target: only these.",
        ),
    ] = "auto",
    comment: Annotated[
        bool,
        typer.Option(
            "--comment", help="Write the report to a note of the merge request, if MLPROJECT_GITLAB_TOKEN is set."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: base, reviews, removed.")] = False,
) -> None:
    """Report what a change does to the affected projects and environments.

    Reports resources that are added, changed, stopped, replaced or destroyed, the idle cost per month, the steps of
    the pipeline, and the permissions, widened ones first. Synthesizes only what is affected, and deploys nothing.
    """
    from mlproject.cli.common.affected import read_change
    from mlproject.cli.common.review import review_change
    from mlproject.gitlab import MergeRequest
    from mlproject.review import as_document, render_markdown

    comparison = _comparison(compare)
    # An incomplete environment is reported before minutes are spent.
    merge_request = MergeRequest.from_environment(os.environ) if comment else None
    change = read_change(since)
    reviews = review_change(change, comparison=comparison)
    text = render_markdown(reviews, removed=change.affected.removed, base=change.base)
    if output:
        _write(output, reviews, text)
    if as_json:
        document = {
            "base": change.base,
            "removed": change.affected.removed,
            "reviews": [as_document(each) for each in reviews],
        }
        print(json.dumps(document, indent=2))
    elif not output:
        print(text, end="")
    if comment:
        _publish(merge_request, text)


def _comparison(value: str) -> Comparison:
    from mlproject.cli.common.review import Comparison

    try:
        return Comparison(value)
    except ValueError as error:
        raise UserError(f"--compare {value}: not a comparison. Allowed: {', '.join(Comparison)}.") from error


def _write(folder: Path, reviews: Sequence[Review], text: str) -> None:
    from mlproject.files import write_atomically
    from mlproject.review import count_changes

    write_atomically(folder / TERRAFORM, json.dumps(count_changes(reviews)) + "\n")
    write_atomically(folder / REPORT, text)
    print(f"{folder / REPORT} describes the effects.", file=sys.stderr)


def _publish(merge_request: MergeRequest | None, text: str) -> None:
    from mlproject.gitlab import publish_note

    if merge_request is None:
        print("MLPROJECT_GITLAB_TOKEN is not set, so no note is written.", file=sys.stderr)
        return
    action = publish_note(merge_request, text, marker=MARKER)
    print(f"The note of merge request !{merge_request.number} was {action}.", file=sys.stderr)
