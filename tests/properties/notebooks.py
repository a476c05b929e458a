"""Strategies for the notebooks of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from mlproject.names import NOTEBOOK_NAME_LIMIT
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.fields import MatchesPattern
from mlproject.parameters.input_models.hours import STOP_MINUTES, Hours, minute_of_day
from mlproject.parameters.input_models.notebook import USERS_LIMIT, NotebookInput, Repository
from tests.properties.key_values import START_SCRIPT, TIMES
from tests.properties.model_values import keys_of, values_of

Document = dict[str, Any]
_USERS = values_of(str, [MatchesPattern(constraints.USER)])


def notebooks(*, room: int, clusters: Sequence[str], secret_location: str | None) -> st.SearchStrategy[Document]:
    """Return a strategy for the key `notebooks`.

    Args:
        room: characters that the project and the environments leave for the name of a notebook.
        clusters: values of the key `cluster`; without any, the key is left out.
        secret_location: region and account of secrets, such as `eu-west-1:111111111111`; None for no secrets.
    """
    secret = "arn:aws:secretsmanager:{}:secret:git/{}-AbCdEf".format
    notebook = keys_of(
        NotebookInput,
        without=() if clusters else ("cluster",),
        cluster=st.sampled_from(clusters or [""]),
        hours=_hours(),
        users=_users(4) | _users(USERS_LIMIT),
        repository=keys_of(
            Repository,
            without=() if secret_location else ("secret_arn",),
            secret_arn=st.builds(secret, st.just(secret_location), st.text("abc019_", min_size=1, max_size=20)),
        ),
        start_script=st.just(START_SCRIPT),
    )  # fmt: skip
    names = _names(min(room, NOTEBOOK_NAME_LIMIT))
    return st.dictionaries(names, notebook, min_size=1, max_size=3)


def _users(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(_USERS, min_size=count, max_size=count, unique=True) | st.just([])


@st.composite
def _names(draw: st.DrawFn, room: int) -> str:
    """Draw a name, often the longest one."""
    length = draw(st.just(room) | st.integers(1, room))
    first, rest = st.sampled_from("amz"), st.text("abz019-", min_size=length - 1, max_size=length - 1)
    return "-".join(filter(None, (draw(first) + draw(rest)).split("-")))


def _hours() -> st.SearchStrategy[Document]:
    return keys_of(Hours, start=TIMES, stop=TIMES).filter(_have_an_end)


def _have_an_end(hours: Document) -> bool:
    start, stop = (minute_of_day(hours[key]) or 0 for key in ("start", "stop"))
    return (start - stop) % (24 * 60) > STOP_MINUTES
