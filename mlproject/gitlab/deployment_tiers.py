"""Derive GitLab's deployment tier from the name of an environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

PRODUCTION = "production"
# The names that GitLab recognizes, matched in the same order:
# https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments
_PATTERNS: Mapping[str, str] = {
    "development": "dev|review|trunk",
    "testing": "test|tst|int|ac(ce|)pt|qa|qc|control|quality",
    "staging": "st(a|)g|mod(e|)l|pre|demo|non",
    PRODUCTION: "pr(o|)d|live",
}


def deployment_tier(environment: str) -> str:
    """Return the tier of an environment: development, testing, staging, production or other.

    Args:
        environment: its name, such as `prod`.
    """
    matching = (tier for tier, pattern in _PATTERNS.items() if re.search(pattern, environment, re.IGNORECASE))
    return next(matching, "other")
