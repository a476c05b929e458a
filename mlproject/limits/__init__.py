"""Compare the stacks of the platform with limits of AWS."""

from mlproject.limits.account_limits import PlacedTemplate, account_usage
from mlproject.limits.stack_limits import stack_usage
from mlproject.limits.usage import WARNING_SHARE, Limit, Usage

__all__ = ["WARNING_SHARE", "Limit", "PlacedTemplate", "Usage", "account_usage", "stack_usage"]
