"""Permissions as IAM decides them: a guard in front of moto, and the same evaluator for whoever asks beforehand."""

from __future__ import annotations

from embedded_aws.iam.guard import Guard
from embedded_aws.iam.journal import Journal, Refusal

__all__ = ["Guard", "Journal", "Refusal"]
