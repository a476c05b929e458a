"""Lock a project's lists of libraries for notebooks and EMR nodes, and upload the locks with their wheels to S3."""

from mlproject.libraries.audit import Vulnerability, audit_lock
from mlproject.libraries.create import create_lock
from mlproject.libraries.differences import VersionChange, version_changes
from mlproject.libraries.environment import build_empty_environment, build_environment
from mlproject.libraries.image_versions import image_notes
from mlproject.libraries.list_files import read_library_lists, read_project_lists
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Lock, Pin, Wheel, read_lock, reusable_wheels
from mlproject.libraries.lock_files import (
    VolumeUse,
    lock_findings,
    lock_notes,
    lock_problem,
    read_lock_text,
    volume_uses,
)
from mlproject.libraries.pack import build_pack, has_pack, pack_uri, session_configuration, upload_pack
from mlproject.libraries.push import PushResult, existing_wheels, push_list, push_wheels, read_pushed
from mlproject.libraries.rollback import Rollback, roll_back
from mlproject.libraries.uv_wheel import uv_pin
from mlproject.libraries.wheels import fetch

__all__ = [
    "LibraryList",
    "Lock",
    "Pin",
    "PushResult",
    "Rollback",
    "VersionChange",
    "VolumeUse",
    "Vulnerability",
    "Wheel",
    "audit_lock",
    "build_empty_environment",
    "build_environment",
    "build_pack",
    "create_lock",
    "existing_wheels",
    "fetch",
    "has_pack",
    "image_notes",
    "lock_findings",
    "lock_notes",
    "lock_problem",
    "pack_uri",
    "push_list",
    "push_wheels",
    "read_library_lists",
    "read_lock",
    "read_lock_text",
    "read_project_lists",
    "read_pushed",
    "reusable_wheels",
    "roll_back",
    "session_configuration",
    "upload_pack",
    "uv_pin",
    "version_changes",
    "volume_uses",
]
