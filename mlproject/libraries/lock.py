"""A locked list: one version of each library, and its wheel."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlproject.errors import UserError
from mlproject.libraries.lists import LibraryList, normalise_name
from mlproject.node_scripts import wheel_key

_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s\\;]+)[^\n]*\n(?P<hashes>(?:\s+--hash=\S+.*\n?)*)",
    re.M,
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# The scripts on the nodes read these lines with the same grammar.
_UV = re.compile(r"^# tool ([0-9a-f]{64}) (uv-[A-Za-z0-9._+-]*\.whl)$", re.M)
_WHEEL = re.compile(r"^# wheel ([0-9a-f]{64}) ([A-Za-z0-9][A-Za-z0-9._+-]*\.whl)$", re.M)
_YANKED = re.compile(r"^# yanked (\S+)==(\S+)(?: (.+))?$", re.M)
_SIZE = re.compile(r"^# size (\d+) (\d+) (\S+\.whl)$", re.M)
# The format of the lock. No release has written another number than 1, which is left out.
_FORMAT = re.compile(r"^# format (\d+)$", re.M)
_LIST, _CONTENT = re.compile(r"^# list ([0-9a-f]{64})$", re.M), re.compile(r"^# content ([0-9a-f]{64})\n", re.M)


@dataclass(frozen=True, kw_only=True)
class Pin:
    """The pinned version of a library.

    Args:
        name: normalised name.
        version: the pinned version.
        hashes: SHA-256 hashes of the version's files in the index.
    """

    name: str
    version: str
    hashes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A wheel.

    Args:
        file: name of the file.
        sha256: its hash.
        size: size of the file in bytes; 0 if unknown.
        installed: size of the installed files in bytes, with bytecode; 0 if unknown.
    """

    file: str
    sha256: str
    size: int = 0
    installed: int = 0

    @property
    def key(self) -> str:
        return wheel_key(self.sha256, self.file)

    @property
    def distribution(self) -> str:
        """Normalised name of the wheel's distribution (https://peps.python.org/pep-0427/)."""
        return normalise_name(self.file.partition("-")[0])


@dataclass(frozen=True, kw_only=True)
class YankedVersion:
    """A locked version that its author has withdrawn from the index (https://peps.python.org/pep-0592/).

    Args:
        name: normalised name of the library.
        version: the version.
        reason: the author's reason; empty if there is none.
    """

    name: str
    version: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A locked list.

    Args:
        pins: sorted by name.
        wheels: one for each pin, sorted by file; empty until they are selected.
        uv: wheel of the program that installs the list, or None for pip.
        yanked: the pins that were yanked when the list was locked.
    """

    pins: tuple[Pin, ...]
    wheels: tuple[Wheel, ...] = ()
    uv: Wheel | None = None
    yanked: tuple[YankedVersion, ...] = ()

    @property
    def versions(self) -> Mapping[str, str]:
        return {pin.name: pin.version for pin in self.pins}

    def with_wheels(self, wheels: Sequence[Wheel]) -> Lock:
        """Return the list with the wheel of each pin, after checking its hash.

        Raises:
            UserError: a wheel is missing, or its hash is not in the list.
        """
        by_name = {wheel.distribution: wheel for wheel in wheels}
        for pin in self.pins:
            wheel = by_name.get(pin.name)
            if wheel is None:
                raise UserError(
                    f"{pin.name} {pin.version}: no wheel was downloaded. Run the command again.", exit_code=1
                )
            if wheel.sha256 not in pin.hashes:
                raise UserError(
                    f"{wheel.file}: the index lists no file of {pin.name} {pin.version} with its SHA-256 hash "
                    f"{wheel.sha256}. Nothing was written.",
                    exit_code=1,
                )
        selected = sorted((by_name[pin.name] for pin in self.pins), key=lambda wheel: wheel.file)
        return Lock(pins=self.pins, wheels=tuple(selected), yanked=self.yanked)

    def text(self, library_list: LibraryList) -> str:
        """Return the requirements.txt for pip, reproducible since it contains only the hashes of the selected wheels.

        Args:
            library_list: the list that was resolved.
        """
        hashes = {wheel.distribution: wheel.sha256 for wheel in self.wheels}
        lines = [
            *([f"# tool {self.uv.sha256} {self.uv.file}"] if self.uv else []),
            *(f"# wheel {wheel.sha256} {wheel.file}" for wheel in self.wheels),
            *(f"# size {wheel.size} {wheel.installed} {wheel.file}" for wheel in self.wheels),
            *(f"# yanked {each.name}=={each.version} {each.reason}".rstrip() for each in self.yanked),
            *(f"{pin.name}=={pin.version} --hash=sha256:{hashes[pin.name]}" for pin in self.pins),
        ]
        content = "\n".join(lines) + "\n"
        return f"{header(library_list)}\n# list {library_list.fingerprint}\n# content {_digest(content)}\n{content}"


def header(library_list: LibraryList) -> str:
    """Return the first line of a lock, which names its source and target."""
    return f"# Generated by `mlproject libraries lock` from {library_list}. Do not edit it."


def reusable_wheels(library_list: LibraryList, lock: Lock, known: str | None) -> tuple[Wheel, ...]:
    """Return the wheels of an earlier lock that a new one can reuse without downloading them.

    Args:
        library_list: the list.
        lock: the resolved list, without wheels.
        known: the text of the earlier lock; None if there is none.
    """
    if known is None or not known.startswith(f"{header(library_list)}\n") or is_edited(known):
        return ()  # resolved for another Python or platform, whose wheels may have hashes in the new list
    hashes = {pin.name: pin.hashes for pin in lock.pins}
    return tuple(
        wheel for wheel in read_lock(known).wheels if wheel.sha256 in hashes.get(wheel.distribution, frozenset())
    )


def other_format(text: str) -> int | None:
    """Return the format of a lock that a newer version wrote; None for the format that this one reads."""
    match = _FORMAT.search(text)
    return int(match[1]) if match and match[1] != "1" else None


def is_edited(text: str) -> bool:
    """Whether a lock was changed after it was generated."""
    match = _CONTENT.search(text)
    return match is None or _digest(text[match.end() :]) != match[1]


def is_outdated(text: str, library_list: LibraryList) -> bool:
    """Whether the list or its target has changed since its lock was generated."""
    match = _LIST.search(text)
    return match is None or match[1] != library_list.fingerprint


def read_lock(text: str) -> Lock:
    """Parse the output of uv, or a lock."""
    pins = [
        Pin(
            name=normalise_name(match["name"]),
            version=match["version"],
            hashes=frozenset(_HASH.findall(match[0])),
        )
        for match in _PIN.finditer(text)
    ]
    sizes = {file: (int(size), int(installed)) for size, installed, file in _SIZE.findall(text)}
    wheels = []
    for sha256, file in _WHEEL.findall(text):
        size, installed = sizes.get(file, (0, 0))
        wheels.append(Wheel(sha256=sha256, file=file, size=size, installed=installed))
    tool = _UV.search(text)
    return Lock(
        pins=tuple(sorted(pins, key=lambda pin: pin.name)),
        wheels=tuple(wheels),
        uv=Wheel(sha256=tool[1], file=tool[2]) if tool else None,
        yanked=tuple(
            YankedVersion(name=name, version=version, reason=reason) for name, version, reason in _YANKED.findall(text)
        ),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
