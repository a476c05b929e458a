"""The resolved list: one version of each library, and the wheels that are these versions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlproject.errors import UserError
from mlproject.libraries.lists import Wanted, normalised
from mlproject.node_scripts import wheel_key

_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s\\;]+)[^\n]*\n(?P<hashes>(?:\s+--hash=\S+.*\n?)*)",
    re.M,
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# The scripts on the nodes read these lines with the same grammar.
_WHEEL = re.compile(r"^# wheel ([0-9a-f]{64}) ([A-Za-z0-9][A-Za-z0-9._+-]*\.whl)$", re.M)


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One library.

    Args:
        name: normalised.
        version: the only one.
        hashes: sha256 of the files that the index has of it.
    """

    name: str
    version: str
    hashes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A wheel's name and content."""

    file: str
    sha256: str

    @property
    def key(self) -> str:
        return wheel_key(self.sha256, self.file)

    @property
    def distribution(self) -> str:
        """The normalised name of what it is a wheel of (https://peps.python.org/pep-0427/)."""
        return normalised(self.file.partition("-")[0])


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A resolved list.

    Args:
        pins: sorted by name.
        wheels: one for each pin, once they are chosen; sorted by file.
    """

    pins: tuple[Pin, ...]
    wheels: tuple[Wheel, ...] = ()

    @property
    def versions(self) -> Mapping[str, str]:
        return {pin.name: pin.version for pin in self.pins}

    def with_wheels(self, wheels: Sequence[Wheel]) -> Lock:
        """The list with its wheels: each pin's own, with a hash that the list has.

        Raises:
            UserError: a pin lacks its wheel, or a wheel is not what the list promises.
        """
        found = {wheel.distribution: wheel for wheel in wheels}
        for pin in self.pins:
            wheel = found.get(pin.name)
            if wheel is None:
                raise UserError(f"no wheel of {pin.name} {pin.version} was fetched; repeat the command.", exit_code=1)
            if wheel.sha256 not in pin.hashes:
                raise UserError(
                    f"{wheel.file}: its sha256 {wheel.sha256} is none of those that the index promises for "
                    f"{pin.name} {pin.version}; nothing was uploaded.",
                    exit_code=1,
                )
        chosen = sorted((found[pin.name] for pin in self.pins), key=lambda wheel: wheel.file)
        return Lock(pins=self.pins, wheels=tuple(chosen))

    def text(self, wanted: Wanted) -> str:
        """The requirements.txt that pip installs; only the chosen wheels' hashes, so that it is the same next time.

        Args:
            wanted: the list that was resolved.
        """
        own = {wheel.distribution: wheel.sha256 for wheel in self.wheels}
        lines = [
            header(wanted),
            *(f"# wheel {wheel.sha256} {wheel.file}" for wheel in self.wheels),
            *(f"{pin.name}=={pin.version} --hash=sha256:{own[pin.name]}" for pin in self.pins),
        ]
        return "\n".join(lines) + "\n"


def header(wanted: Wanted) -> str:
    """The first line of a resolved list: what it was resolved from and for."""
    return f"# Resolved by `mlproject libraries push` from {wanted}"


def kept_wheels(wanted: Wanted, lock: Lock, pushed: str | None) -> tuple[Wheel, ...]:
    """The wheels of the list that was pushed last which a new one has too, so that nobody fetches them again.

    Args:
        wanted: the list.
        lock: resolved, without wheels.
        pushed: the text of the list in S3; None if there is none.
    """
    if pushed is None or not pushed.startswith(f"{header(wanted)}\n"):
        return ()  # for another Python or machine, whose wheels have hashes in the index too
    hashes = {pin.name: pin.hashes for pin in lock.pins}
    return tuple(
        wheel for wheel in read_lock(pushed).wheels if wheel.sha256 in hashes.get(wheel.distribution, frozenset())
    )


def read_lock(text: str) -> Lock:
    """Read what uv resolved, or what was pushed before."""
    pins = [
        Pin(
            name=normalised(found["name"]),
            version=found["version"],
            hashes=frozenset(_HASH.findall(found[0])),
        )
        for found in _PIN.finditer(text)
    ]
    wheels = [Wheel(sha256=sha256, file=file) for sha256, file in _WHEEL.findall(text)]
    return Lock(pins=tuple(sorted(pins, key=lambda pin: pin.name)), wheels=tuple(wheels))
