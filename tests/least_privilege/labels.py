"""Label what the embedded AWS logs of authorizations with the test that causes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from embedded_aws.iam.authorization_log import LABEL
from embedded_aws.server_environment import AUTHORIZATION_LOG
from tests.checkouts import ROOT

# What a test with the first marker does is neither a use of a permission, nor expected to be allowed. With the second
# one, it may be denied, but what is allowed is a use.
TRIES, PROVOKES = "tries_permissions", "provokes_denials"
PROVOKING = " provokes denials"


def use_own_log() -> None:
    """Give each worker a folder in the log, since each runs a test of its own at a time."""
    if AUTHORIZATION_LOG in os.environ:
        os.environ[AUTHORIZATION_LOG] = str(Path(os.environ[AUTHORIZATION_LOG], f"pytest-{os.getpid()}"))


def label_log(test: pytest.Item) -> None:
    """Label what is logged from now on with the file of a test, or log nothing if it only tries permissions."""
    folder = os.environ.get(AUTHORIZATION_LOG)
    if folder is None:
        return
    label = Path(folder, LABEL)
    label.parent.mkdir(parents=True, exist_ok=True)
    written = label.with_suffix(".new")
    written.write_text(_label(test))
    written.replace(label)


def _label(test: pytest.Item) -> str:
    if test.get_closest_marker(TRIES):
        return ""
    return test.path.relative_to(ROOT).as_posix() + (PROVOKING if test.get_closest_marker(PROVOKES) else "")
