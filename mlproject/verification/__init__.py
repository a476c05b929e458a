"""Verify the embedded AWS against AWS: run the same steps on both, with a sandbox account, and compare the results."""

from mlproject.verification.claims import CLAIMS, Claim, destroy_deployment
from mlproject.verification.record import Record, render_markdown
from mlproject.verification.target import Target
from mlproject.verification.verify import verify_claims

__all__ = ["CLAIMS", "Claim", "Record", "Target", "destroy_deployment", "render_markdown", "verify_claims"]
