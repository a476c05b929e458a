"""Read-only checks of an account before the first deployment, on AWS and on the embedded AWS alike."""

from mlproject.preflight.account import bootstrap_arguments, read_bootstrap_version
from mlproject.preflight.checks import check_account
from mlproject.preflight.requirements import AccountRequirements, account_requirements

__all__ = [
    "AccountRequirements",
    "account_requirements",
    "bootstrap_arguments",
    "check_account",
    "read_bootstrap_version",
]
