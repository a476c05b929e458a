"""Validate files that a key names: start scripts of notebooks, and private certificates."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import TypeGuard

from mlproject.parameters.findings import Finding
from mlproject.parameters.input_models import constraints
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message

# Our limits, far above any realistic file, so that a wrong path does not fill the archive that notebooks download.
START_SCRIPT_BYTES = 64 * 1024
CERTIFICATES_BYTES = 256 * 1024


def check_start_script(place: Located | None, *, folder: Path) -> list[Finding]:
    """Return the error in a start script: a missing file, its size or its line endings.

    Args:
        place: the value of `start_script`, as written.
        folder: the project's folder.
    """
    if not _is_path(place):
        return []
    text = _read(place, folder=folder, limit=START_SCRIPT_BYTES)
    if isinstance(text, Finding):
        return [text]
    if not text.strip():
        return [place.finding(Message("{place} is empty. Add commands, or remove the key", place=place.value))]
    if "\r" in text:
        message = Message(
            "{place} has Windows line endings (CRLF), which Bash reads as part of each command", place=place.value
        )
        return [place.finding(message, allowed=Message("LF line endings. Save the file with LF"))]
    return []


def check_certificates(place: Located | None, *, folder: Path) -> list[Finding]:
    """Return the error in a PEM file: a missing file, its size, a private key, or no valid certificate.

    Args:
        place: the value of the key, as written.
        folder: the folder of the file with the key.
    """
    if not _is_path(place):
        return []
    text = _read(place, folder=folder, limit=CERTIFICATES_BYTES)
    if isinstance(text, Finding):
        return [text]
    allowed = Message("certificates in PEM format (-----BEGIN CERTIFICATE-----)")
    if re.search("-----BEGIN [A-Z ]*PRIVATE KEY-----", text):
        message = Message(
            "{place} contains a private key, which must not leave its machine. Remove it from the file",
            place=place.value,
        )
        return [place.finding(message, allowed=allowed)]
    try:
        # Bundles contain names of authorities between the certificates, in any letters.
        ssl.create_default_context(cadata=text.encode("ascii", errors="replace").decode())
    except (ssl.SSLError, ValueError):
        return [
            place.finding(
                Message("{place} contains no valid certificate, or one that is damaged", place=place.value),
                allowed=allowed,
            )
        ]
    return []


def _is_path(place: Located | None) -> TypeGuard[Located]:
    """Whether there is a value that the other rules accept, which report every other one."""
    return (
        place is not None
        and isinstance(place.value, str)
        and constraints.matches(constraints.RELATIVE_PATH, place.value)
    )


def _read(place: Located, *, folder: Path, limit: int) -> str | Finding:
    """Return the text of a file, or the reason why it cannot be used."""
    path = folder / str(place.value)
    if not path.is_file():
        message = Message("{place} does not exist beside {name}", place=place.value, name=Path(place.file).name)
        return place.finding(
            message, allowed=Message("the path of a file, from the folder of {name}", name=Path(place.file).name)
        )
    try:
        data = path.read_bytes()
        if len(data) > limit:
            return place.finding(
                Message("{place} has {data:,} bytes", place=place.value, data=len(data)),
                allowed=Message("up to {limit:,} bytes", limit=limit),
            )
        return data.decode("utf-8")
    except OSError as error:
        problem = Message(
            "{place} cannot be read ({error}). Check the file and its permissions",
            place=place.value,
            error=error.strerror or error,
        )
        return place.finding(problem)
    except UnicodeDecodeError:
        return place.finding(Message("{place} is not UTF-8 text. Save it as UTF-8", place=place.value))
