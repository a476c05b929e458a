"""Compare what is granted with what is used, and with the reasons for what is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import product

from docs_site.reference.least_privilege import Unused
from tests.least_privilege.grants import GrantedStatement
from tests.least_privilege.usage import Usage, Use


def granted_permissions(statements: Iterable[GrantedStatement]) -> set[Use]:
    """Return each action of each statement, and each kind of its resources."""
    return {
        Use(role=each.role, sid=each.sid, what=what) for each in statements for what in (*each.actions, *each.resources)
    }


def problems(granted: set[Use], used: Usage, unused: Sequence[Unused]) -> Iterator[str]:
    """Yield a sentence for each permission without use and reason, and for each use and reason without a permission."""
    for use in sorted(granted - used.keys()):
        if not any(_covers(entry, use) for entry in unused):
            yield f"{use} is used by no recorded run, and unused_permissions.yaml has no reason for it"
    for use in sorted(used.keys() - granted):
        yield f"{use} is in used_permissions.json, and no template grants it"
    for entry in unused:
        for role, sid, pattern in product(entry.roles, entry.statements, entry.permissions):
            alone = replace(entry, roles=(role,), statements=(sid,), permissions=(pattern,))
            if not any(_covers(alone, use) for use in granted):
                yield f"{pattern} in {sid} of {role} has a reason in unused_permissions.yaml, and no template grants it"
    yield from used_in_spite_of_a_reason(used, unused)


def used_in_spite_of_a_reason(used: Usage, unused: Sequence[Unused]) -> Iterator[str]:
    """Yield a sentence for each permission that a run uses although it has a reason for not being used."""
    for use in sorted(used):
        if any(_covers(entry, use) for entry in unused):
            yield f"{use} has a reason in unused_permissions.yaml, and the run {used[use]} uses it"


def _covers(entry: Unused, use: Use) -> bool:
    """Whether an entry has the reason of a permission."""
    return (
        use.role in entry.roles
        and use.sid in entry.statements
        and any(fnmatchcase(use.what, pattern) for pattern in entry.permissions)
    )
