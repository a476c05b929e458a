"""The cache of wheels on the volume: disk space, unfinished installations, and what the environments no longer need."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .downloads import WHEELS
from .failure import VolumeFullError
from .programs import UV_CACHE
from .resolved_list import Wheel
from .settings import CACHE, VOLUME

# Left free for the user's work, and for metadata of the file system.
_RESERVE = 100 * 2**20
_UNFINISHED = CACHE / "unfinished"


def begin() -> None:
    """Start an installation. Unpacked wheels of an unfinished one are deleted, since they may not be on the disk."""
    if _UNFINISHED.exists():
        shutil.rmtree(UV_CACHE, ignore_errors=True)
    CACHE.mkdir(exist_ok=True)
    _UNFINISHED.touch()


def end() -> None:
    """Mark the installation as finished, after its files are on the disk."""
    _UNFINISHED.unlink()


def delete() -> None:
    """Delete the cache, which only makes installations faster, so that the user's work has its space."""
    shutil.rmtree(CACHE, ignore_errors=True)


def is_empty() -> bool:
    """Return whether no wheel is unpacked in the cache."""
    return not UV_CACHE.exists()


def require_listed_space(
    sizes: Mapping[str, tuple[int, int]], missing: Sequence[Wheel], unpack: Sequence[Wheel]
) -> None:
    """Check before a download that the volume has enough space, as far as the list states the sizes.

    Args:
        sizes: bytes of each wheel and of its installed files, by file name.
        missing: the wheels to download.
        unpack: the wheels to unpack.

    Raises:
        VolumeFullError: it has not.
    """
    downloads = sum(sizes.get(wheel.file, (0, 0))[0] for wheel in missing)
    _require(downloads + sum(sizes.get(wheel.file, (0, 0))[1] for wheel in unpack), already_used=0)


def require_space(wheels: Sequence[Wheel]) -> None:
    """Check that the volume has enough space to unpack wheels, which are in the cache.

    Raises:
        VolumeFullError: it has not.
    """
    paths = [WHEELS / wheel.file for wheel in wheels]
    # The wheels are deleted if the space is not enough, so they count on both sides.
    _require(sum(_unpacked_bytes(path) for path in paths), already_used=sum(path.stat().st_size for path in paths))


def _require(needed: int, *, already_used: int) -> None:
    status = os.statvfs(VOLUME)
    free = status.f_bavail * status.f_frsize
    if free < needed + _RESERVE:
        raise VolumeFullError(
            f"the volume has {_megabytes(free + already_used)} free, but the libraries need "
            f"{_megabytes(needed + _RESERVE + already_used)}"
        )


def delete_unused(lists: Sequence[Sequence[Wheel]]) -> list[str]:
    """Delete wheels that no list needs, and return their distributions, which uv may have unpacked."""
    needed = {wheel.file for wheels in lists for wheel in wheels}
    unused = [path for path in sorted(WHEELS.glob("*")) if path.name not in needed]
    for path in unused:
        path.unlink()
    return [path.name.partition("-")[0] for path in unused]


def _unpacked_bytes(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MB"
