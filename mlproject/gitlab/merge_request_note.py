"""Create a note in a merge request, or update it in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlproject.errors import UserError

TOKEN = "MLPROJECT_GITLAB_TOKEN"  # noqa: S105  # pragma: allowlist secret
# https://docs.gitlab.com/ci/variables/predefined_variables/
_SERVER, _PROJECT, _NUMBER = "CI_SERVER_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID"
# https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics
NOTE_LIMIT = 1_000_000
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class MergeRequest:
    """A merge request and the token that may write notes.

    Args:
        server: URL of GitLab.
        project: ID of the project.
        number: number of the merge request (IID).
        token: project access token with the scope `api`.
    """

    server: str
    project: str
    number: str
    token: str = field(repr=False)

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> MergeRequest | None:
        """Return the merge request of a CI job; None if the job has no token, as in a merge request from a fork.

        Raises:
            UserError: the job belongs to no merge request.
        """
        if not variables.get(TOKEN):
            return None
        missing = [name for name in (_SERVER, _PROJECT, _NUMBER) if not variables.get(name)]
        if missing:
            raise UserError(
                f"--comment: {', '.join(missing)} is not set, so the merge request is unknown. Run the command in a "
                "merge request pipeline, or omit --comment."
            )
        return cls(
            server=variables[_SERVER], project=variables[_PROJECT], number=variables[_NUMBER], token=variables[TOKEN]
        )


def publish_note(merge_request: MergeRequest, text: str, *, marker: str) -> str:
    """Update the note that contains a marker, or create it if there is none.

    Args:
        merge_request: the merge request.
        text: the note in Markdown.
        marker: invisible text that identifies the note, such as `<!-- mlproject review -->`.

    Returns:
        `created` or `updated`.

    Raises:
        UserError: GitLab rejects the token or the request, or cannot be reached.
    """
    import gitlab
    import requests

    client = gitlab.Gitlab(merge_request.server, private_token=merge_request.token, timeout=_TIMEOUT_SECONDS)
    body = f"{marker}\n{text}"
    try:
        client.auth()
        project = client.projects.get(merge_request.project, lazy=True)
        notes = project.mergerequests.get(merge_request.number, lazy=True).notes
        own = _find_note(notes, marker, author=client.user.id if client.user else None)
        if own is None:
            notes.create({"body": body})
            return "created"
        own.body = body
        own.save()
    except gitlab.GitlabError as error:
        raise UserError(_rejection(merge_request, error), exit_code=1) from error
    except requests.RequestException as error:
        raise UserError(
            f"{merge_request.server}: GitLab cannot be reached ({type(error).__name__}), so the note was not written. "
            "Retry the job.",
            exit_code=1,
        ) from error
    return "updated"


def _find_note(notes: Any, marker: str, *, author: int | None) -> Any:
    """Return the newest own note with the marker. A token can only edit the notes of its own user."""
    for note in notes.list(iterator=True, order_by="created_at", sort="desc"):
        if note.author["id"] == author and str(note.body).startswith(marker):
            return note
    return None


def _rejection(merge_request: MergeRequest, error: Any) -> str:
    subject = f"merge request !{merge_request.number}: the note was not written"
    code = error.response_code
    if code == 401:
        return f"{subject}: {TOKEN} expired or was revoked (401). Create another project access token."
    if code == 403:
        return f"{subject}: {TOKEN} lacks a permission (403). It needs the scope api and the role Developer."
    if code == 404:
        return f"{subject}: project {merge_request.project} has no such merge request that {TOKEN} can read (404)."
    return f"{subject}: GitLab returned {code or 'no status'}: {error.error_message}."
