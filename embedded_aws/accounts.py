"""The accounts that an embedded AWS serves, kept in its folder and shared by the server and its clients."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.files import write_private_file

# moto's own account, which every embedded AWS has.
ACCOUNT = "123456789012"
FOLDER = "accounts"
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


class Accounts:
    """The account ids of one embedded AWS; a running server sees at once what another process adds.

    Args:
        folder: the server's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def ids(self) -> tuple[str, ...]:
        """Every account id, the default account first."""
        try:
            added = sorted(path.name for path in self._folder.iterdir() if _ACCOUNT_ID.fullmatch(path.name))
        except FileNotFoundError:
            added = []
        return tuple(dict.fromkeys((ACCOUNT, *added)))

    def add(self, ids: Iterable[str]) -> None:
        """Add accounts; an account that exists already stays as it is.

        Raises:
            EmbeddedAwsError: an id is not twelve digits, or the server's folder cannot be written.
        """
        requested = list(ids)
        for account in requested:
            if not _ACCOUNT_ID.fullmatch(account):
                raise EmbeddedAwsError(f"account {account!r} is not an account id; use twelve digits.")
        # A file for each account, so that two processes can add at the same time without a lock.
        known = self.ids()
        for account in requested:
            if account not in known:
                write_private_file(self._folder / account, "")
