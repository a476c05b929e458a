"""policy-sentry: unknown actions in every policy, and actions on all resources that AWS can restrict to some."""

from __future__ import annotations

from audit.judge import Judge, Verdict
from audit.policy_driver import judge_policies
from audit.subject import Subject
from audit.tools import AUDIT, version


def judge(subject: Subject) -> Verdict:
    """Return the findings. Only policies of identities are judged by their resources."""
    return judge_policies(
        subject, judge="policy-sentry", driver="policy_sentry_driver.py", kinds=("identity", "trust", "resource")
    )


JUDGE = Judge(
    name="policy-sentry",
    version=lambda: version(AUDIT, "policy-sentry"),
    judge=judge,
    planted_rule="UnrestrictedResource",
)
