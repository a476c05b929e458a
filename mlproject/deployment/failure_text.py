"""A failed operation of a stack as one paragraph: what failed and why, what was rolled back, the state, the remedy."""

from __future__ import annotations

from mlproject.deployment.deployed_stacks import STACKS
from mlproject.deployment.failures import StackFailure

# Longer lists are shortened. The events in CloudFormation are complete.
_NAMES_LIMIT = 5


def describe_failure(failure: StackFailure, *, project: str, environment: str) -> str:
    """Return a paragraph of a few sentences.

    Args:
        failure: the failed operation.
        project: name of the project.
        environment: name of the environment.
    """
    sentences = [
        _cause(failure),
        _rollback(failure),
        _state(failure, options=f"{project} --environment {environment}"),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _cause(failure: StackFailure) -> str:
    reason = failure.reason.strip().removesuffix(".")
    if failure.resource is None:
        return f"The stack {failure.stack} failed: {reason}."
    name = f" {failure.name}" if failure.name and failure.name != failure.resource else ""
    kind = failure.type.removeprefix("AWS::").replace("::", " ")
    return f"The stack {failure.stack} failed at {failure.resource} ({kind}{name}): {reason}."


def _rollback(failure: StackFailure) -> str:
    sentences = []
    if failure.rolled_back:
        shown = ", ".join(failure.rolled_back[:_NAMES_LIMIT])
        others = len(failure.rolled_back) - _NAMES_LIMIT
        sentences.append(f"CloudFormation rolled back {shown}{f' and {others} others' if others > 0 else ''}.")
    if failure.not_rolled_back:
        sentences.append(f"It could not roll back {', '.join(failure.not_rolled_back)}.")
    return " ".join(sentences)


def _state(failure: StackFailure, *, options: str) -> str:
    """The state of the stack, and what to do.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    """
    deploy = f"`mlproject deploy {options}`"
    kind = _kind(failure.stack)
    texts = {
        "UPDATE_ROLLBACK_COMPLETE": f"The previous version is intact. Fix the cause and run {deploy} again.",
        "ROLLBACK_COMPLETE": (
            "It was the first creation, so the stack is empty, except for resources that are retained. Fix the cause "
            f"and run {deploy} again, which deletes the stack and creates it anew."
        ),
        "UPDATE_ROLLBACK_FAILED": (
            "The stack is neither the previous version nor the new one. Fix the cause, run `aws cloudformation "
            f"continue-update-rollback --stack-name {failure.stack}`, and then {deploy} again."
        ),
        "ROLLBACK_FAILED": (
            "Resources of the first creation are left. Fix the cause, run "
            f"`mlproject destroy {options} --stack {kind}`, and then {deploy} again."
        ),
        "DELETE_FAILED": f"Fix the cause and run `mlproject destroy {options} --stack {kind}` again.",
        "CREATE_FAILED": f"Rollback is disabled, so what was created remains. Fix the cause and run {deploy} again.",
        "UPDATE_FAILED": f"Rollback is disabled, so what was changed remains. Fix the cause and run {deploy} again.",
    }
    state = f"The stack is now {failure.status}."
    if failure.status.endswith("_IN_PROGRESS"):
        return f"{state} The rollback continues; {deploy} waits for its end."
    return f"{state} {texts[failure.status]}"


def _kind(stack: str) -> str:
    """Return the kind of a stack, such as `storage` for `flights-dev-storage`."""
    return next((kind for kind in STACKS if stack.endswith(f"-{kind}")), stack.rpartition("-")[2])
