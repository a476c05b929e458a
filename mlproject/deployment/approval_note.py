"""The recorded changes as a note of a merge request."""

from __future__ import annotations

from mlproject.deployment.approvals import Approval


def render_approval(approval: Approval, *, url: str) -> str:
    """Return the hash and the changes of an approval in Markdown.

    Args:
        approval: the recorded changes.
        url: address of the job that has recorded them; empty if there is none.
    """
    project, environment = approval.target["project"], approval.target["environment"]
    source = f" by [this job]({url})" if url else ""
    lines = [
        f"### Recorded changes to {project} in {environment}",
        "",
        f"The deployment makes exactly the changes with the hash `{approval.hash}`, recorded{source}, or none.",
        "",
    ]
    for name, stack in approval.stacks.items():
        lines += [f"**{name}**: {stack['action']}", "", *(f"- `{change}`" for change in stack["changes"]), ""]
    if not approval.stacks:
        lines += ["No stack changes.", ""]
    return "\n".join(lines)
