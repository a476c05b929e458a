"""Create a note in a merge request, or update it in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mlproject.errors import UserError
from mlproject.gitlab.api_errors import TOKEN_VARIABLE

# https://docs.gitlab.com/ci/variables/predefined_variables/
_SERVER, _PROJECT, _NUMBER = "CI_SERVER_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID"
_COMMIT = "CI_COMMIT_SHA"
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
        if not variables.get(TOKEN_VARIABLE):
            return None
        _require(variables, _SERVER, _PROJECT, _NUMBER, pipeline="merge request pipeline")
        return cls(
            server=variables[_SERVER],
            project=variables[_PROJECT],
            number=variables[_NUMBER],
            token=variables[TOKEN_VARIABLE],
        )


def find_merge_request(variables: Mapping[str, str]) -> MergeRequest | None:
    """Return the merge request that brought the commit of a CI job to its branch.

    Returns:
        None if the job has no token, or if no merge request contains the commit, since somebody pushed it.

    Raises:
        UserError: this is no CI job, GitLab rejects the token, or cannot be reached.
    """
    if not variables.get(TOKEN_VARIABLE):
        return None
    _require(variables, _SERVER, _PROJECT, _COMMIT, pipeline="pipeline")
    with _reporting_errors(variables[_SERVER], f"commit {variables[_COMMIT][:12]}"):
        project = _open_project(variables[_SERVER], variables[_PROJECT], variables[TOKEN_VARIABLE])
        found = project.commits.get(variables[_COMMIT], lazy=True).merge_requests()
    merged = sorted(each["iid"] for each in found if each["state"] == "merged")
    if not merged:
        return None
    return MergeRequest.from_environment({**variables, _NUMBER: str(merged[-1])})


def _require(variables: Mapping[str, str], *names: str, pipeline: str) -> None:
    missing = [name for name in names if not variables.get(name)]
    if missing:
        raise UserError(
            f"--comment: {', '.join(missing)} is not set, so the merge request is unknown. Run the command in a "
            f"{pipeline}, or omit --comment."
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
    body = f"{marker}\n{text}"
    with _reporting_errors(merge_request.server, f"merge request !{merge_request.number}"):
        project = _open_project(merge_request.server, merge_request.project, merge_request.token)
        notes = project.mergerequests.get(merge_request.number, lazy=True).notes
        user = project.manager.gitlab.user
        own = _find_note(notes, marker, author=user.id if user else None)
        if own is None:
            notes.create({"body": body})
            return "created"
        own.body = body
        own.save()
    return "updated"


def _open_project(server: str, project: str, token: str) -> Any:
    import gitlab

    client = gitlab.Gitlab(server, private_token=token, timeout=_TIMEOUT_SECONDS)
    client.auth()
    return client.projects.get(project, lazy=True)


@contextmanager
def _reporting_errors(server: str, subject: str) -> Iterator[None]:
    import gitlab
    import requests

    try:
        yield
    except gitlab.GitlabError as error:
        raise UserError(_rejection(subject, error), exit_code=1) from error
    except requests.RequestException as error:
        raise UserError(
            f"{server}: GitLab cannot be reached ({type(error).__name__}), so the note was not written. Retry the job.",
            exit_code=1,
        ) from error


def _find_note(notes: Any, marker: str, *, author: int | None) -> Any:
    """Return the newest own note with the marker. A token can only edit the notes of its own user."""
    for note in notes.list(iterator=True, order_by="created_at", sort="desc"):
        if note.author["id"] == author and str(note.body).startswith(marker):
            return note
    return None


def _rejection(subject: str, error: Any) -> str:
    problem = f"{subject}: the note was not written"
    code = error.response_code
    if code == 401:
        return f"{problem}: {TOKEN_VARIABLE} expired or was revoked (401). Create another project access token."
    if code == 403:
        return f"{problem}: {TOKEN_VARIABLE} lacks a permission (403). It needs the scope api and the role Developer."
    if code == 404:
        return f"{problem}: it is in no project that {TOKEN_VARIABLE} can read (404)."
    return f"{problem}: GitLab returned {code or 'no status'}: {error.error_message}."
