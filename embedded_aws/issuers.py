"""OpenID Connect issuers whose public keys an embedded AWS knows, kept in its folder and read on each request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.files import write_private_file

FOLDER = "issuers"


class Issuers:
    """The key sets of issuers that need not be asked over the network, such as the GitLab of a test.

    Args:
        folder: the server's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def add(self, url: str, key_set: Any) -> None:
        """Register an issuer, or replace its keys. A running server sees the change at once.

        Args:
            url: as in the claim `iss`, such as `https://gitlab.example.com`.
            key_set: the issuer's JSON Web Key Set (https://www.rfc-editor.org/rfc/rfc7517#section-5).

        Raises:
            EmbeddedAwsError: the URL or the key set is malformed, or the server's folder cannot be written.
        """
        if not url.startswith(("https://", "http://")):
            raise EmbeddedAwsError(f"{url!r} is not the URL of an issuer; use one such as https://gitlab.example.com.")
        if not isinstance(key_set, dict) or not isinstance(key_set.get("keys"), list):
            raise EmbeddedAwsError(f'the keys of {url} are not a JSON Web Key Set, such as {{"keys": [...]}}.')
        write_private_file(self._file(url), json.dumps(key_set))

    def key_set(self, url: str) -> dict[str, Any] | None:
        """The registered key set of an issuer; None if it is not registered."""
        try:
            found: dict[str, Any] = json.loads(self._file(url).read_text())
        except FileNotFoundError:
            return None
        return found

    def _file(self, url: str) -> Path:
        return self._folder / f"{quote(url.rstrip('/'), safe='')}.json"
