"""The note in a merge request: one, updated in place, and one sentence if GitLab refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlproject.errors import UserError
from mlproject.gitlab import MergeRequest, find_merge_request, publish_note
from tests.gitlab.notes_server import TOKEN, NotesServer, serve_notes

MARKER = "<!-- mlproject review -->"


@pytest.fixture
def server() -> Iterator[NotesServer]:
    with serve_notes() as running:
        yield running


def merge_request(server: NotesServer, *, token: str = TOKEN, project: str = "12") -> MergeRequest:
    return MergeRequest(server=server.url, project=project, number="3", token=token)


def test_the_note_is_created_once_and_then_updated_among_any_number_of_others(server: NotesServer) -> None:
    assert publish_note(merge_request(server), "one", marker=MARKER) == "created"
    for number in range(5):
        server.add(f"A comment {number}", author=1)
    assert publish_note(merge_request(server), "two", marker=MARKER) == "updated"
    assert server.notes[0]["body"] == f"{MARKER}\ntwo"
    assert len(server.notes) == 6


def test_a_persons_note_that_quotes_the_marker_is_left_alone(server: NotesServer) -> None:
    server.add(f"{MARKER}\nquoted", author=1)
    assert publish_note(merge_request(server), "one", marker=MARKER) == "created"
    assert [note["body"] for note in server.notes] == [f"{MARKER}\nquoted", f"{MARKER}\none"]


@pytest.mark.parametrize(
    ("status", "words"), [(403, "needs the scope api and the role Developer"), (500, "returned 500")]
)
def test_a_refused_note_is_one_sentence(server: NotesServer, status: int, words: str) -> None:
    server.refused["POST"] = status
    with pytest.raises(UserError) as raised:
        publish_note(merge_request(server), "one", marker=MARKER)
    assert raised.value.exit_code == 1
    assert words in str(raised.value)
    assert server.notes == []


def test_an_expired_token_an_unknown_project_and_an_unreachable_server_are_one_sentence_each(
    server: NotesServer,
) -> None:
    cases = {
        "expired or was revoked (401)": merge_request(server, token="glpat-old"),
        "in no project that MLPROJECT_GITLAB_TOKEN can read": merge_request(server, project="13"),
        "GitLab cannot be reached": MergeRequest(server="http://127.0.0.1:9", project="12", number="3", token=TOKEN),
    }
    for words, target in cases.items():
        with pytest.raises(UserError) as raised:
            publish_note(target, "one", marker=MARKER)
        assert words in str(raised.value)
        assert raised.value.exit_code == 1
        assert TOKEN not in str(raised.value)


def test_the_merge_request_comes_from_the_variables_of_the_job() -> None:
    variables = {"CI_SERVER_URL": "https://gitlab.example.com", "CI_PROJECT_ID": "12"}
    assert MergeRequest.from_environment(variables) is None  # a merge request from a fork has no token
    with pytest.raises(UserError, match="CI_MERGE_REQUEST_IID is not set"):
        MergeRequest.from_environment({**variables, "MLPROJECT_GITLAB_TOKEN": TOKEN})
    complete = {**variables, "MLPROJECT_GITLAB_TOKEN": TOKEN, "CI_MERGE_REQUEST_IID": "3"}
    found = MergeRequest.from_environment(complete)
    assert found
    assert (found.project, found.number) == ("12", "3")
    assert TOKEN not in repr(found)


def test_a_commit_leads_to_the_merge_request_that_was_merged(server: NotesServer) -> None:
    job = {"CI_SERVER_URL": server.url, "CI_PROJECT_ID": "12", "CI_COMMIT_SHA": "a" * 40}
    assert find_merge_request(job) is None
    job["MLPROJECT_GITLAB_TOKEN"] = TOKEN
    assert find_merge_request(job) is None  # somebody pushed the commit
    server.merge_requests["a" * 40] = [{"iid": 4, "state": "opened"}, {"iid": 3, "state": "merged"}]
    found = find_merge_request(job)
    assert found
    assert found.number == "3"
    with pytest.raises(UserError, match="CI_COMMIT_SHA is not set"):
        find_merge_request({**job, "CI_COMMIT_SHA": ""})
    with pytest.raises(UserError, match=r"commit aaaaaaaaaaaa: the note was not written: .* \(401\)"):
        find_merge_request({**job, "MLPROJECT_GITLAB_TOKEN": "glpat-old"})  # pragma: allowlist secret
