"""Looking at this machine: does it have what the command, the CDK CLI and the embedded AWS need?"""

from mlproject.machine.examination import examine

__all__ = ["examine"]
