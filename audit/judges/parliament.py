"""parliament: every policy of identities and of resources.

Trust policies are left out: it calls each of them malformed, since they name no resource.
"""

from __future__ import annotations

from audit.judge import Judge, Verdict
from audit.policy_driver import judge_policies
from audit.subject import Subject
from audit.tools import AUDIT, version


def judge(subject: Subject) -> Verdict:
    """Return the findings, those of its community auditors among them."""
    return judge_policies(subject, judge="parliament", driver="parliament_driver.py", kinds=("identity", "resource"))


JUDGE = Judge(
    name="parliament", version=lambda: version(AUDIT, "parliament"), judge=judge, planted_rule="PRIVILEGE_ESCALATION"
)
