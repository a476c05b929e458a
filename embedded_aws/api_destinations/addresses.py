"""The systems that API destinations may call, kept in the server's folder and read at each call.

A real system must not notice what happens in an embedded AWS, so one that is not registered is not called.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.files import write_private_file

FOLDER = "api-destinations"
_LOCAL = frozenset({"localhost", "127.0.0.1"})


class Addresses:
    """Where the systems of API destinations answer, such as the GitLab of a test.

    Args:
        folder: the server's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def add(self, url: str, address: str) -> None:
        """Register a system, or replace its address. A running server sees the change at once.

        Args:
            url: scheme and host of API destinations, such as `https://gitlab.example.com`.
            address: where its requests go: an https URL such as the same one, or one of this machine, such as
                `http://localhost:4711`.

        Raises:
            EmbeddedAwsError: a URL is malformed, or the server's folder cannot be written.
        """
        if not _is_origin(url) or not url.startswith("https://"):
            raise EmbeddedAwsError(f"{url!r} is not the URL of a system; use one such as https://gitlab.example.com.")
        is_local = urlsplit(address).hostname in _LOCAL and address.startswith("http://")
        if not _is_origin(address) or not (is_local or address.startswith("https://")):
            raise EmbeddedAwsError(
                f"{address!r} is not an address; use an https URL without a path, or http on this machine, such as "
                "http://localhost:4711."
            )
        write_private_file(self._file(url), address)

    def locate(self, endpoint: str) -> str | None:
        """Return the URL to call for an endpoint of an API destination; None if its system is not registered."""
        parts = urlsplit(endpoint)
        try:
            address = self._file(f"{parts.scheme}://{parts.netloc}").read_text()
        except FileNotFoundError:
            return None
        return address + endpoint.removeprefix(f"{parts.scheme}://{parts.netloc}")

    def _file(self, url: str) -> Path:
        return self._folder / quote(url.lower(), safe="")


def _is_origin(url: str) -> bool:
    """Whether a URL is a scheme and a host, perhaps with a port."""
    parts = urlsplit(url)
    return bool(parts.hostname) and "@" not in parts.netloc and url == f"{parts.scheme}://{parts.netloc}"


class _Configured:
    addresses: Addresses | None = None


def configure_addresses(addresses: Addresses | None) -> None:
    """Let this process call the systems that are registered there; none with None."""
    _Configured.addresses = addresses


def locate(endpoint: str) -> str | None:
    """Return the URL to call for an endpoint, as `Addresses.locate` does."""
    return _Configured.addresses.locate(endpoint) if _Configured.addresses else None
