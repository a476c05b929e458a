"""The judges, in the order of the report."""

from __future__ import annotations

from audit.judge import Judge
from audit.judges import (
    bandit,
    cdk_nag,
    cfn_guard,
    cfn_lint,
    checkov,
    cloudsplaining,
    npm_audit,
    parliament,
    pip_audit,
    policy_sentry,
    secrets,
    shellcheck,
)

JUDGES: tuple[Judge, ...] = (
    cfn_lint.JUDGE,
    checkov.JUDGE,
    cfn_guard.JUDGE,
    cdk_nag.JUDGE,
    parliament.JUDGE,
    policy_sentry.JUDGE,
    cloudsplaining.JUDGE,
    bandit.JUDGE,
    shellcheck.JUDGE,
    secrets.JUDGE,
    pip_audit.JUDGE,
    npm_audit.JUDGE,
)
