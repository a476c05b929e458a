"""Check that the tags by which budgets are filtered are active cost allocation tags."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from mlproject.outcome import Outcome, ok, unknown, warning
from mlproject.preflight.account_reader import AccountReader

# The budgets filter by these tags.
TAGS = ("project", "environment")
# Only the management account can list and activate them. It takes up to 24 hours until costs carry an activated tag.
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
_ACTIVATE = (
    "in the management account, once the tags exist: aws ce update-cost-allocation-tags-status "
    "--cost-allocation-tags-status {} (or Billing > Cost allocation tags)"
)


def check_cost_tags(account: AccountReader) -> Iterator[Outcome]:
    """Check that the management account has activated the tags. Until then the budgets read 0."""
    if not any(deployment.operations for deployment in account.requirements.deployments):
        return
    remedy = _ACTIVATE.format(" ".join(f"TagKey={tag},Status=Active" for tag in TAGS))
    try:
        found = account.client("ce").list_cost_allocation_tags(TagKeys=list(TAGS), Type="UserDefined")
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"AccessDeniedException", "AccessDenied"}:
            raise
        yield unknown("cost tags", "only the management account can list the active cost allocation tags", remedy)
        return
    active = {tag["TagKey"] for tag in found["CostAllocationTags"] if tag["Status"] == "Active"}
    inactive = [tag for tag in TAGS if tag not in active]
    if inactive:
        yield warning("cost tags", f"{', '.join(inactive)}: not activated, so the budgets read 0", remedy)
    else:
        yield ok("cost tags", f"{', '.join(TAGS)} are active")
