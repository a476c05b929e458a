"""The judges, in the order of the report."""

from __future__ import annotations

from audit.judge import Judge
from audit.judges import bandit, cdk_nag, cfn_guard, cfn_lint, checkov, shellcheck

JUDGES: tuple[Judge, ...] = (
    cfn_lint.JUDGE,
    checkov.JUDGE,
    cfn_guard.JUDGE,
    cdk_nag.JUDGE,
    bandit.JUDGE,
    shellcheck.JUDGE,
)
