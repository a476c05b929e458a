"""A project's libraries: its plain requirements resolved for where they run, their wheels, their way into S3."""

from mlproject.libraries.lists import Wanted, wanted_lists
from mlproject.libraries.lock import Lock, Pin, Wheel, kept_wheels, read_lock
from mlproject.libraries.push import Pushed, present, push, read_pushed
from mlproject.libraries.resolve import resolve
from mlproject.libraries.wheels import fetch

__all__ = [
    "Lock",
    "Pin",
    "Pushed",
    "Wanted",
    "Wheel",
    "fetch",
    "kept_wheels",
    "present",
    "push",
    "read_lock",
    "read_pushed",
    "resolve",
    "wanted_lists",
]
