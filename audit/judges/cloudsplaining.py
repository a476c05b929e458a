"""cloudsplaining: risks of every policy, and who may assume every role."""

from __future__ import annotations

from audit.judge import Judge, Verdict
from audit.policy_driver import judge_policies
from audit.subject import Subject
from audit.tools import AUDIT, version


def judge(subject: Subject) -> Verdict:
    """Return the findings in policies of identities, of resources, and in trust policies."""
    return judge_policies(
        subject, judge="cloudsplaining", driver="cloudsplaining_driver.py", kinds=("identity", "trust", "resource")
    )


JUDGE = Judge(
    name="cloudsplaining",
    version=lambda: version(AUDIT, "cloudsplaining"),
    judge=judge,
    planted_rule="PrivilegeEscalation",
)
