"""Explain the errors of GitLab's API in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlproject.errors import UserError

TOKEN_VARIABLE = "MLPROJECT_GITLAB_TOKEN"  # noqa: S105  # pragma: allowlist secret
_REQUIRED_TOKEN = "a token with the scope api and the role Maintainer in the project"  # noqa: S105  # pragma: allowlist secret


@contextmanager
def reporting_api_errors(action: str, *, url: str) -> Iterator[None]:
    """Raise a UserError for an error of GitLab or of the connection.

    Args:
        action: what the command does, such as `reading the settings of data/platform`.
        url: URL of GitLab.
    """
    import gitlab
    import requests

    try:
        yield
    except gitlab.GitlabError as error:
        raise _explain(error, action=action, url=url) from error
    except requests.RequestException as error:
        raise UserError(
            f"{url}: GitLab cannot be reached while {action} ({type(error).__name__}). Check `gitlab.url` in "
            "environments.yaml (or CI_SERVER_URL, if it is set), the network and the proxy.",
            exit_code=1,
            topic="gitlab-api",
        ) from error


def token_error(problem: str) -> UserError:
    """Return the error for a token that cannot be used.

    Args:
        problem: such as `is not set`.
    """
    return UserError(f"{TOKEN_VARIABLE} {problem}. Set it to {_REQUIRED_TOKEN}.", topic="gitlab-api")


def _explain(error: Any, *, action: str, url: str) -> UserError:
    code = error.response_code
    if code == 401:
        return token_error(f"is not accepted by {url} (401): it has expired, was revoked or is mistyped")
    if code == 403:
        return token_error(f"lacks a permission for {action} (403: {error.error_message})")
    status = f"returned {code}" if code else "did not answer as GitLab does"
    return UserError(
        f"{url}: {action} failed, since the server {status}: {_first_line(error)}", exit_code=1, topic="gitlab-api"
    )


def _first_line(error: Any) -> str:
    """Return the message without the rest of an HTML page."""
    lines = str(error.error_message).strip().splitlines()
    return lines[0][:300] if lines else "no message"
