"""The permissions that the step types of a pipeline need together."""

from __future__ import annotations

from collections.abc import Iterable

from mlproject.aws_rules.permissions import STEP_PERMISSIONS, Permission
from mlproject.errors import UserError


def permissions_for(step_types: Iterable[str]) -> tuple[Permission, ...]:
    """Return the permissions for these step types, sorted by sid and without duplicates.

    Raises:
        UserError: the permissions of a step type are unknown.
    """
    known = set(step_types)
    for kind in sorted(known - STEP_PERMISSIONS.keys()):
        raise UserError(f"{unknown_permissions(kind)}.")
    found = {permission.sid: permission for kind in known for permission in STEP_PERMISSIONS[kind]}
    return tuple(found[sid] for sid in sorted(found))


def unknown_permissions(step_type: str) -> str:
    """Return a sentence, without its period, about a step type that is not in STEP_PERMISSIONS."""
    return (
        f"the permissions that steps of type {step_type} need are unknown, so the pipeline's role could not run them. "
        "Add them, with their AWS page, to STEP_PERMISSIONS in mlproject/aws_rules/permissions.py"
    )
