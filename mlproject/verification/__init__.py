"""Does AWS do what the embedded AWS says? The same steps on both, side by side, for whoever has a sandbox account."""

from mlproject.verification.claims import CLAIMS, Claim, destroy
from mlproject.verification.place import Place
from mlproject.verification.record import Record, markdown
from mlproject.verification.trial import verify

__all__ = ["CLAIMS", "Claim", "Place", "Record", "destroy", "markdown", "verify"]
