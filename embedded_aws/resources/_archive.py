"""Zip archives, as Lambda functions and bucket deployments read and make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping

from embedded_aws.resources.handler import HandlerError

# The earliest date that a zip archive can hold: the same content gives the same bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def read_archive(archive: bytes, *, source: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of a zip archive.

    Args:
        source: where the archive comes from, for the message.

    Raises:
        HandlerError: it is not a zip archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for entry in opened.infolist():
                if not entry.is_dir():
                    yield entry.filename, opened.read(entry)
    except zipfile.BadZipFile as error:
        raise HandlerError(f"{source} is not a zip archive") from error


def make_archive(files: Mapping[str, str]) -> bytes:
    """A zip archive with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=_NO_DATE), content)
    return buffer.getvalue()
