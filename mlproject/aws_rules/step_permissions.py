"""The permissions that the step types of a pipeline need together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlproject.aws_rules.check_permissions import CHECK_PERMISSIONS
from mlproject.aws_rules.integration_permissions import INTEGRATION_PERMISSIONS
from mlproject.aws_rules.other_permissions import OTHER_PERMISSIONS
from mlproject.aws_rules.permissions import JOB_STEP_PERMISSIONS, Permission
from mlproject.errors import UserError

STEP_PERMISSIONS: Mapping[str, tuple[Permission, ...]] = {
    **JOB_STEP_PERMISSIONS,
    **CHECK_PERMISSIONS,
    **INTEGRATION_PERMISSIONS,
    **OTHER_PERMISSIONS,
}


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
        "Add them, with their AWS page, to STEP_PERMISSIONS in mlproject/aws_rules/step_permissions.py"
    )
