"""What CloudFormation answers when it refuses: a code and a message, in AWS's words."""

from __future__ import annotations


class CloudFormationError(Exception):
    """A request that is refused; the HTTP layer answers it in AWS's shape with status 400.

    Args:
        message: the sentence that the caller reads.
        code: AWS's error code.
    """

    def __init__(self, message: str, *, code: str = "ValidationError") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class StackNotFoundError(CloudFormationError):
    def __init__(self, name: str) -> None:
        super().__init__(f"Stack with id {name} does not exist")


class ChangeSetNotFoundError(CloudFormationError):
    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist", code="ChangeSetNotFound")


class AlreadyExistsError(CloudFormationError):
    def __init__(self, message: str) -> None:
        super().__init__(message, code="AlreadyExistsException")
