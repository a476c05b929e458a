"""The exception for errors that the user can fix."""

from __future__ import annotations

from typing import Literal

from mlproject.translation import Language, Message

# Each is a heading of docs/*/errors.md, which explains what the error means and what to do.
Topic = Literal[
    "access-denied",
    "approval-outdated",
    "aws-unreachable",
    "ci-token",
    "cluster-not-running",
    "component-missing",
    "confirmation-required",
    "credentials",
    "data-changed",
    "data-missing",
    "data-retained",
    "definition-invalid",
    "deployment-failed",
    "deployment-in-progress",
    "file-not-writable",
    "git-history",
    "gitlab-api",
    "guard-data-loss",
    "input-missing",
    "internal-error",
    "java-missing",
    "libraries-conflict",
    "libraries-not-found",
    "libraries-not-locked",
    "local-aws-not-running",
    "local-aws-not-starting",
    "model-not-promotable",
    "model-not-rebuildable",
    "network-changed",
    "no-checkout",
    "not-bootstrapped",
    "not-deployed",
    "not-installed",
    "notebook-failed",
    "notebook-not-running",
    "nothing-to-roll-back",
    "other-version",
    "package-index-unreachable",
    "parameters",
    "pipeline-build-failed",
    "pipeline-parameters",
    "pipeline-step-failed",
    "prices-unavailable",
    "project-exists",
    "spark-not-starting",
    "step-interpreter",
    "still-deployed",
    "synthesis-failed",
    "templates-missing",
    "termination-protected",
    "unknown-name",
    "wrong-account",
]

REFERENCE = "See docs/"


def reference(topic: str, *, language: Language) -> Message:
    """Return the line that leads from an error to its explanation, with a path of the checkout.

    Args:
        topic: one of `Topic`.
        language: of the explanation.
    """
    return Message("See {section}", section=f"docs/{language}/errors.md#{topic}")


class UserError(Exception):
    """An error with its location, its reason, the allowed values and the remedy. The CLI prints it without a traceback.

    Args:
        message: a sentence, or one line per finding. A `Message` can be translated.
        exit_code: exit code of the command: 2 for rejected input, 1 for a failed operation.
        topic: heading of docs/*/errors.md to which the CLI refers; None for an error that its sentence fully explains.
    """

    def __init__(self, message: str, *, exit_code: int = 2, topic: Topic | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.topic = topic
