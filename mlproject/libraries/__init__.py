"""Resolve a project's lists of libraries for notebooks and EMR nodes, and upload them with their wheels to S3."""

from mlproject.libraries.environment import build_environment
from mlproject.libraries.lists import LibraryList, read_library_lists
from mlproject.libraries.lock import Lock, Pin, Wheel, read_lock, reusable_wheels
from mlproject.libraries.push import PushResult, existing_wheels, push, read_pushed
from mlproject.libraries.resolve import resolve
from mlproject.libraries.rollback import Rollback, roll_back
from mlproject.libraries.uv_wheel import fetch_uv, pushed_uv, uv_version
from mlproject.libraries.wheels import fetch

__all__ = [
    "LibraryList",
    "Lock",
    "Pin",
    "PushResult",
    "Rollback",
    "Wheel",
    "build_environment",
    "existing_wheels",
    "fetch",
    "fetch_uv",
    "push",
    "pushed_uv",
    "read_library_lists",
    "read_lock",
    "read_pushed",
    "resolve",
    "reusable_wheels",
    "roll_back",
    "uv_version",
]
