"""Whether budgets that are filtered by tag can see anything."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from mlproject.outcome import Outcome, ok, unknown, warning
from mlproject.preflight.look import Look

# What the budgets filter by.
TAGS = ("project", "environment")
# Only the payer's account may look and activate; it takes up to a day until costs carry an activated tag.
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
_ACTIVATE = (
    "in the payer's account, once the tags exist: aws ce update-cost-allocation-tags-status "
    "--cost-allocation-tags-status {} (or Billing > Cost allocation tags)"
)


def cost_tags(look: Look) -> Iterator[Outcome]:
    """Whether the payer has activated the tags; until then such a budget reads 0."""
    if not any(deployment.operations for deployment in look.wanted.deployments):
        return
    remedy = _ACTIVATE.format(" ".join(f"TagKey={tag},Status=Active" for tag in TAGS))
    try:
        found = look.client("ce").list_cost_allocation_tags(TagKeys=list(TAGS), Type="UserDefined")
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"AccessDeniedException", "AccessDenied"}:
            raise
        yield unknown("cost tags", "only the payer's account may see whether the budgets' tags are active", remedy)
        return
    active = {tag["TagKey"] for tag in found["CostAllocationTags"] if tag["Status"] == "Active"}
    missing = [tag for tag in TAGS if tag not in active]
    if missing:
        yield warning("cost tags", f"{', '.join(missing)}: not activated, so the budgets read 0", remedy)
    else:
        yield ok("cost tags", f"{', '.join(TAGS)} are active")
