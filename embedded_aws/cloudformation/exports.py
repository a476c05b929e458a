"""Outputs that stacks export to the others of their account and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.stack import Output, Stack


class Exports:
    """What the stacks export and import; read from the stacks each time, so that nothing can be stale."""

    def __init__(self, stacks: Mapping[str, Stack]) -> None:
        self._stacks = stacks

    def all(self) -> Iterator[tuple[Stack, Output]]:
        """Every export with the stack that has it."""
        for stack in self._living():
            for output in stack.outputs:
                if output.export is not None:
                    yield stack, output

    def value(self, name: str) -> str:
        """The value of an export.

        Raises:
            CloudFormationError: there is none of that name.
        """
        for _, output in self.all():
            if output.export == name:
                return output.value
        raise CloudFormationError(f"No export named {name} found.")

    def importers(self, name: str) -> list[str]:
        """The names of the stacks that import an export."""
        return [stack.name for stack in self._living() if name in stack.imports]

    def check(self, stack: Stack, outputs: tuple[Output, ...]) -> None:
        """Refuse outputs that another stack's export or import forbids.

        Args:
            outputs: what the stack is about to have; none when it is to be deleted.

        Raises:
            CloudFormationError: in AWS's words.
        """
        new = {output.export: output.value for output in outputs if output.export is not None}
        for other, output in self.all():
            if other is not stack and output.export in new:
                raise CloudFormationError(f"Export with name {output.export} is already exported by stack {other.name}")
        for output in stack.outputs:
            if output.export is None or new.get(output.export) == output.value:
                continue
            users = [name for name in self.importers(output.export) if name != stack.name]
            if users:
                verb = "updated" if output.export in new else "deleted"
                raise CloudFormationError(
                    f"Export {output.export} cannot be {verb} as it is in use by {', '.join(users)}"
                )

    def _living(self) -> list[Stack]:
        return [stack for stack in list(self._stacks.values()) if stack.deleted is None]
