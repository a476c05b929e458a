"""The accounts that an embedded AWS serves, kept in its folder and shared by the server and its clients."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.files import write_private_file

# moto's own account, which every embedded AWS has.
ACCOUNT = "123456789012"
FILE = "accounts.json"
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


class Accounts:
    """The account ids of one embedded AWS; a running server sees at once what another process adds.

    Args:
        folder: the server's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._read_at: int | None = None
        self._ids: tuple[str, ...] = (ACCOUNT,)

    def ids(self) -> tuple[str, ...]:
        """Every account id, the default account first."""
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError:
            changed = None
        if changed != self._read_at:
            self._ids = tuple(dict.fromkeys((ACCOUNT, *_read(self._path))))
            self._read_at = changed
        return self._ids

    def add(self, ids: Iterable[str]) -> None:
        """Add accounts; an account that exists already stays as it is.

        Raises:
            EmbeddedAwsError: an id is not twelve digits, or the file cannot be written.
        """
        requested = list(ids)
        for account in requested:
            if not _ACCOUNT_ID.fullmatch(account):
                raise EmbeddedAwsError(f"account {account!r} is not an account id; use twelve digits.")
        known = self.ids()
        new = [account for account in dict.fromkeys(requested) if account not in known]
        if new:
            write_private_file(self._path, json.dumps([*known, *new]) + "\n")


def _read(path: Path) -> list[str]:
    try:
        ids = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return [account for account in ids if isinstance(account, str)] if isinstance(ids, list) else []
