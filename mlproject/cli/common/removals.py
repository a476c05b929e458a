"""Say what becomes of the stacks of projects that were removed from environments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlproject.cli.common.arguments import ALLOW_PROTECTED
from mlproject.parameters.platform import Platform


def describe_removals(removed: Mapping[str, Sequence[str]], platform: Platform) -> Iterator[str]:
    """Yield a sentence for each removed project and environment, with the command that deletes the stacks.

    Args:
        removed: the environments from which each project was removed; empty if they are unknown.
        platform: the parameters after the removal.
    """
    for project, environments in removed.items():
        if not environments:
            yield (
                f"{project} was removed. Its deployed stacks stay until you run `mlproject destroy {project} -e "
                "ENVIRONMENT` for each of its environments."
            )
        for name in environments:
            yield f"{project} was removed from {name}. {_describe_stacks(project, name, platform)}"


def _describe_stacks(project: str, environment: str, platform: Platform) -> str:
    command = f"mlproject destroy {project} -e {environment}"
    if environment not in platform.environments:
        return (
            f"Its deployed stacks stay, and {environment} is no longer in environments.yaml: run `{command}` in a "
            "checkout of the commit before the change."
        )
    if platform.environments[environment].retain_data:
        return (
            f"Its deployed stacks stay, since {environment} retains data: an administrator deletes them with "
            f"`{command} {ALLOW_PROTECTED}`, after which buckets, key, models and notebooks remain."
        )
    return f"Its deployed stacks stay until you run `{command}`."
