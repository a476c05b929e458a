"""Approvals: the changes that a person has reviewed, written to a file, and compared with those of the deployment.

The hash depends only on the deployed state and the synthesized templates: not on the time, the order of the changes or
the ids of resources that do not exist yet. A stack without changes is not part of it, so that another project's change
of the shared network does not invalidate an approval.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.deployment.change_sets import StackChanges
from mlproject.deployment.fingerprints import fingerprint
from mlproject.errors import UserError
from mlproject.files import FORMAT, require_format

_HASH = re.compile(r"[0-9a-f]{64}")
_FORMAT = 1
_ADVICE = "Run `mlproject guard --record` again, and have its changes approved"


@dataclass(frozen=True, kw_only=True)
class Approval:
    """The changes of a deployment.

    Args:
        target: project, environment, account and region.
        stacks: the deployed state, the desired state and the changed resources of each stack that changes, by name.
    """

    target: Mapping[str, str]
    stacks: Mapping[str, Mapping[str, Any]]

    @property
    def hash(self) -> str:
        """The SHA-256 of the changes, 64 hexadecimal digits."""
        return fingerprint(
            {"target": dict(self.target), "stacks": {name: dict(self.stacks[name]) for name in self.stacks}}
        )

    def to_json(self) -> str:
        """Return the text of an approval file, which begins with the hash."""
        content = {"hash": self.hash, FORMAT: _FORMAT, "target": dict(self.target), "stacks": {**self.stacks}}
        return json.dumps(content, indent=2) + "\n"


def create_approval(planned: Iterable[StackChanges], *, target: Mapping[str, str]) -> Approval:
    """Return the approval of planned changes.

    Args:
        planned: changes to each stack.
        target: project, environment, account and region.
    """
    changing = sorted((stack for stack in planned if not stack.is_unchanged), key=lambda stack: stack.name)
    return Approval(target=target, stacks={stack.name: _content(stack) for stack in changing})


def _content(stack: StackChanges) -> dict[str, Any]:
    return {
        "action": "not deployed" if stack.refusal else "create" if stack.is_new else "update",
        "deployed_state": stack.deployed_state,
        "desired_state": stack.desired_state,
        "changes": sorted(map(_change_line, stack.changes)),
    }


def _change_line(change: Mapping[str, Any]) -> str:
    """Return a change as text, such as `Modify DataBucketE3889A50 AWS::S3::Bucket (replacement True): BucketName`."""
    names = sorted(
        {str(detail["Target"].get("Name") or detail["Target"]["Attribute"]) for detail in change.get("Details", ())}
    )
    replacement = f" (replacement {change['Replacement']})" if change.get("Replacement", "False") != "False" else ""
    line = f"{change['Action']} {change['LogicalResourceId']} {change['ResourceType']}{replacement}"
    return f"{line}: {', '.join(names)}" if names else line


def require_approval(given: str, current: Approval) -> None:
    """Verify that the deployment makes exactly the approved changes.

    Args:
        given: the path of an approval file, or a hash.
        current: the changes that the deployment would make now.

    Raises:
        UserError: the approval is malformed, or the deployed state or the changes are not the approved ones.
    """
    if _HASH.fullmatch(given):
        if given != current.hash:
            raise UserError(
                f"--approved {given[:12]}...: the deployed state or the changes are not the approved ones; the "
                f"changes are now {current.hash[:12]}..., and nothing was deployed. {_ADVICE}.",
                exit_code=1,
                topic="approval-outdated",
            )
        return
    approved = read_approval(Path(given))
    if approved.hash == current.hash:
        return
    raise UserError(
        f"{given}: {_difference(approved, current)}, so nothing was deployed. {_ADVICE}.",
        exit_code=1,
        topic="approval-outdated",
    )


def read_approval(path: Path) -> Approval:
    """Read an approval file.

    Raises:
        UserError: there is no such file, it is not an unchanged approval file, or another version wrote it.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        require_format(content, path, known=_FORMAT)
        approval = Approval(target=content["target"], stacks=content["stacks"])
        is_intact = content["hash"] == approval.hash
    except FileNotFoundError:
        raise UserError(
            f"--approved {path}: neither a file nor a hash of 64 hexadecimal digits. Write it with `mlproject guard "
            "--record FILE`."
        ) from None
    except OSError as error:
        raise UserError(f"--approved {path}: cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        is_intact = False
    if not is_intact:
        raise UserError(f"--approved {path}: not an approval, or edited by hand. {_ADVICE}.")
    return approval


def _difference(approved: Approval, current: Approval) -> str:
    """Return the first difference between two approvals, as a clause."""
    if approved.target != current.target:
        described = " in ".join(str(approved.target.get(key)) for key in ("project", "environment"))
        return f"the approval is for {described}, account {approved.target.get('account')}"
    for name in sorted(approved.stacks.keys() | current.stacks.keys()):
        old, new = approved.stacks.get(name), current.stacks.get(name)
        if old is None or new is None:
            what = "changes now, but the approval does not mention it" if old is None else "has no changes any more"
            return f"{name} {what}; the approval is older than the deployed state or the commit"
        if old["deployed_state"] != new["deployed_state"]:
            return f"the approval is older than the deployed state of {name}"
        if old != new:
            return f"the changes to {name} are not the approved ones"
    raise AssertionError("approvals with different hashes differ")
