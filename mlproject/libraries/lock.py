"""A resolved list: one version of each library, and its wheel."""

from __future__ import annotations

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
    """File name and SHA-256 hash of a wheel."""

    file: str
    sha256: str

    @property
    def key(self) -> str:
        return wheel_key(self.sha256, self.file)

    @property
    def distribution(self) -> str:
        """Normalised name of the wheel's distribution (https://peps.python.org/pep-0427/)."""
        return normalise_name(self.file.partition("-")[0])


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A resolved list.

    Args:
        pins: sorted by name.
        wheels: one for each pin, sorted by file; empty until they are selected.
        uv: wheel of the program that installs the list, or None for pip.
    """

    pins: tuple[Pin, ...]
    wheels: tuple[Wheel, ...] = ()
    uv: Wheel | None = None

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
                    f"{wheel.sha256}. Nothing was uploaded.",
                    exit_code=1,
                )
        selected = sorted((by_name[pin.name] for pin in self.pins), key=lambda wheel: wheel.file)
        return Lock(pins=self.pins, wheels=tuple(selected))

    def text(self, library_list: LibraryList) -> str:
        """Return the requirements.txt for pip, reproducible since it contains only the hashes of the selected wheels.

        Args:
            library_list: the list that was resolved.
        """
        hashes = {wheel.distribution: wheel.sha256 for wheel in self.wheels}
        lines = [
            header(library_list),
            *([f"# tool {self.uv.sha256} {self.uv.file}"] if self.uv else []),
            *(f"# wheel {wheel.sha256} {wheel.file}" for wheel in self.wheels),
            *(f"{pin.name}=={pin.version} --hash=sha256:{hashes[pin.name]}" for pin in self.pins),
        ]
        return "\n".join(lines) + "\n"


def header(library_list: LibraryList) -> str:
    """Return the first line of a resolved list, which names its source and target."""
    return f"# Resolved by `mlproject libraries push` from {library_list}"


def reusable_wheels(library_list: LibraryList, lock: Lock, pushed: str | None) -> tuple[Wheel, ...]:
    """Return the wheels of the last pushed list that the new list can reuse without downloading them.

    Args:
        library_list: the list.
        lock: the resolved list, without wheels.
        pushed: the text of the list in S3; None if it does not exist.
    """
    if pushed is None or not pushed.startswith(f"{header(library_list)}\n"):
        return ()  # resolved for another Python or platform, whose wheels may have hashes in the new list
    hashes = {pin.name: pin.hashes for pin in lock.pins}
    return tuple(
        wheel for wheel in read_lock(pushed).wheels if wheel.sha256 in hashes.get(wheel.distribution, frozenset())
    )


def read_lock(text: str) -> Lock:
    """Parse the output of uv, or a list that was pushed."""
    pins = [
        Pin(
            name=normalise_name(match["name"]),
            version=match["version"],
            hashes=frozenset(_HASH.findall(match[0])),
        )
        for match in _PIN.finditer(text)
    ]
    wheels = [Wheel(sha256=sha256, file=file) for sha256, file in _WHEEL.findall(text)]
    tool = _UV.search(text)
    return Lock(
        pins=tuple(sorted(pins, key=lambda pin: pin.name)),
        wheels=tuple(wheels),
        uv=Wheel(sha256=tool[1], file=tool[2]) if tool else None,
    )
