"""Validate tags: reserved keys, duplicates and the number of tags."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.parameters.findings import Finding
from mlproject.parameters.input_models import constraints
from mlproject.parameters.yaml_files.located import Located

# This application sets these tags on every resource: see Deployment.tags.
RESERVED = ("cost-centre", "environment", "owner", "project")


def check_tags(tags: Located | None, *, others: Mapping[str, Located], findings: list[Finding]) -> None:
    """Report reserved keys, keys that differ only in case, and too many tags.

    For IAM, `Team` and `team` are the same tag (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html).

    Args:
        tags: the tags as written; None for none.
        others: the environment's tags, if `tags` are a project's.
        findings: receives each error.
    """
    written = tags.mapping if tags is not None else {}
    taken = {name.lower(): place for name, place in others.items()}
    for name, place in written.items():
        if name.lower() in RESERVED:
            findings.append(place.finding(f"the tag {name} is set by mlproject. Remove it here"))
        elif name.lower() in taken:
            other = taken[name.lower()]
            where = f"{other.file}:{other.line}"
            findings.append(place.finding(f"the tag {name} is already set in {where}. Keep one of them"))
        taken.setdefault(name.lower(), place)
    count = len(written) + len(others) + len(RESERVED)
    if tags is not None and count > constraints.TAGS_PER_RESOURCE:
        limit = f"{constraints.TAGS_PER_RESOURCE} in total, including the {len(RESERVED)} that mlproject sets"
        findings.append(tags.finding(f"each resource would have {count} tags", allowed=limit))
