"""Check whether this machine has what the command, the CDK CLI and the embedded AWS need."""

from mlproject.machine.checks import check_machine

__all__ = ["check_machine"]
