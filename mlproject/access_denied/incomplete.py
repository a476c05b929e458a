"""What a message says if it does not contain the role, the action or the resource."""

from __future__ import annotations

from mlproject.access_denied.message import LAKE_FORMATION, TRUST, Denial


def explain_incomplete(denial: Denial) -> tuple[str, str] | None:
    """Return what is known and how to learn the rest, each as a sentence without a period; None if it is complete."""
    if denial.encoded:
        return (
            "the message is encoded by EC2 and does not show who was denied what",
            f"run `aws sts decode-authorization-message --encoded-message {denial.encoded}` with a role that may do "
            "sts:DecodeAuthorizationMessage, and pass its output to this command",
        )
    if denial.policy == LAKE_FORMATION:
        return (
            "Lake Formation denied it, which controls databases and tables in addition to IAM",
            "ask the data lake administrator to grant the permission to the role; no key of project.yaml grants it",
        )
    if denial.principal is None and denial.policy == TRUST:
        return (
            f"the trust policy of the role does not allow {denial.action}, and the message does not name the role",
            "compare the claims of the token (issuer, aud, sub) with the conditions of the role's trust policy: "
            "`aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument`",
        )
    missing = [
        name
        for name, value in (("role", denial.principal), ("action", denial.action), ("resource", denial.resource))
        if value is None
    ]
    if not missing:
        return None
    known = denial.action or (f"the operation {denial.operation}" if denial.operation else "only that it was denied")
    options = " ".join(f"--{name} {name.upper()}" for name in missing)
    return (
        f"the message contains {known}, but not the {', '.join(missing)}. S3 gives no details to callers of other "
        "accounts, and none about HEAD requests",
        f'add what you know: `mlproject why "MESSAGE" {options}`; CloudTrail contains the rest, for objects only if '
        "data events are recorded",
    )
