"""Tags that would hide one another."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.parameters.finding import Finding
from mlproject.parameters.input_models import constraints
from mlproject.parameters.yaml_files.located import Located

# This application sets them on everything: see Deployment.tags.
RESERVED = ("cost-centre", "environment", "owner", "project")


def check_tags(tags: Located | None, *, others: Mapping[str, Located], findings: list[Finding]) -> None:
    """Find reserved names, names that differ in case only, and too many tags.

    IAM takes `Team` and `team` for one tag (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html).

    Args:
        tags: the tags as written; None for none.
        others: the environment's tags, when these are a project's.
        findings: receives each mistake.
    """
    written = tags.mapping if tags is not None else {}
    taken = {name.lower(): place for name, place in others.items()}
    for name, place in written.items():
        if name.lower() in RESERVED:
            findings.append(place.finding(f"the tag {name} is set by mlproject itself; remove it here"))
        elif name.lower() in taken:
            other = taken[name.lower()]
            where = f"{other.file}:{other.line}"
            findings.append(place.finding(f"the tag {name} is already set in {where}; keep one of them"))
        taken.setdefault(name.lower(), place)
    count = len(written) + len(others) + len(RESERVED)
    if tags is not None and count > constraints.TAGS_PER_RESOURCE:
        limit = f"{constraints.TAGS_PER_RESOURCE} in all, {len(RESERVED)} of them mlproject's own"
        findings.append(tags.finding(f"that makes {count} tags on a resource", allowed=limit))
