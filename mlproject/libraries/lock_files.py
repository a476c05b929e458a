"""The committed locks of lists: whether they are up to date, and whether their libraries fit on the volumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlproject import __version__
from mlproject.errors import UserError
from mlproject.libraries.builds import gpu_build_notes
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Lock, header, is_edited, is_outdated, other_format, read_lock
from mlproject.parameters import Finding

_GIB = 1024**3
# Our limit: work and the caches of people need the rest.
_WARNING_SHARE = 0.8
# The environment in use stays until a new one is complete.
_ENVIRONMENTS = 2


@dataclass(frozen=True, kw_only=True)
class VolumeUse:
    """What a list needs on the volume of a notebook.

    Args:
        library_list: the list.
        environment: the environment of the deployment.
        notebook: name of the notebook.
        needed: bytes for two environments and the wheels.
        volume_gb: size of the volume in GiB.
    """

    library_list: LibraryList
    environment: str
    notebook: str
    needed: int
    volume_gb: int

    @property
    def fits(self) -> bool:
        return self.needed <= self.volume_gb * _GIB

    @property
    def is_tight(self) -> bool:
        """Whether the libraries need more than 80 % of the volume."""
        return self.needed > self.volume_gb * _GIB * _WARNING_SHARE

    @property
    def summary(self) -> str:
        return (
            f"the libraries need {self.needed / _GIB:.1f} GB on the notebook {self.notebook} in {self.environment} "
            f"(two environments and the wheels), whose volume has {self.volume_gb} GB"
        )

    def __str__(self) -> str:
        return f"{self.summary}. Increase volume_gb, or remove libraries"


def read_lock_text(library_list: LibraryList) -> str:
    """Return the text of a list's lock.

    Raises:
        UserError: the lock is missing, edited or outdated.
    """
    problem = lock_problem(library_list)
    if problem:
        raise UserError(str(problem), topic="libraries-not-locked")
    return library_list.lock_path.read_text(encoding="utf-8")


def lock_findings(lists: Iterable[LibraryList]) -> Iterator[Finding]:
    """Yield the problem of each lock, and each notebook whose volume is too small. Nothing is downloaded."""
    for library_list in lists:
        problem = lock_problem(library_list)
        if problem:
            yield problem
            continue
        for use in volume_uses(library_list):
            if not use.fits:
                yield Finding(file=library_list.file, line=None, key="", message=str(use))


def lock_notes(lists: Iterable[LibraryList]) -> Iterator[str]:
    """Yield sentences about yanked versions, builds for GPUs on other instances, and volumes that are 80 % full."""
    for library_list in lists:
        if lock_problem(library_list) is None:
            yield from library_list.notes
            yield from _yanked_notes(library_list)
            yield from gpu_build_notes(library_list)
            for use in volume_uses(library_list):
                if use.fits and use.is_tight:
                    yield f"{library_list.file}: {use}."


def _yanked_notes(library_list: LibraryList) -> Iterator[str]:
    for each in read_lock(library_list.lock_path.read_text(encoding="utf-8")).yanked:
        line = library_list.line_of(each.name)
        place = f"{library_list.file}:{line.number}" if line else library_list.lock_file
        reason = f' ("{each.reason}")' if each.reason else ""
        yield (
            f"{place}: {each.name} {each.version} was yanked by its author{reason}. Require another version, or run "
            f"`mlproject libraries lock {library_list.project} --upgrade`."
        )


def lock_problem(library_list: LibraryList) -> Finding | None:
    """Return the problem of a list's lock; None if it is up to date."""
    remedy = f"Run `mlproject libraries lock {library_list.project}` and commit the result"
    file = library_list.lock_file
    try:
        text = library_list.lock_path.read_text(encoding="utf-8")
    except FileNotFoundError:
        message = f"has no lock ({file}). {remedy}"
        return Finding(file=library_list.file, line=None, key="", message=message)
    except (OSError, UnicodeDecodeError):
        return Finding(file=file, line=None, key="", message=f"cannot be read. {remedy}")
    other = other_format(text)
    if other:
        message = (
            f"has format {other}, but mlproject {__version__} reads format 1. Use the version of mlproject that wrote "
            "it, or a newer one"
        )
        return Finding(file=file, line=1, key="", message=message)
    if is_edited(text):
        message = f"was edited or merged by hand. Change {library_list.file} instead. {remedy}"
        return Finding(file=file, line=1, key="", message=message)
    if is_outdated(text, library_list) or not text.startswith(f"{header(library_list)}\n"):
        message = f"is older than {library_list.file}, which has changed since. {remedy}"
        return Finding(file=file, line=1, key="", message=message)
    return None


def volume_uses(library_list: LibraryList) -> tuple[VolumeUse, ...]:
    """Return what a list with a valid lock needs on the volume of each notebook that installs it."""
    needed = needed_bytes(read_lock(library_list.lock_path.read_text(encoding="utf-8")))
    return tuple(
        VolumeUse(
            library_list=library_list,
            environment=environment,
            notebook=notebook.name,
            needed=needed,
            volume_gb=notebook.volume_gb,
        )
        for environment, notebook in library_list.notebooks
    )


def needed_bytes(lock: Lock) -> int:
    """Return the bytes on a volume for two environments and the wheels, which are there during an installation."""
    return sum(_ENVIRONMENTS * wheel.installed + wheel.size for wheel in lock.wheels)
