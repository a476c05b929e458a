"""Looking at an account before the first deploy: read-only, on AWS and on the embedded AWS alike."""

from mlproject.preflight.account import bootstrap_arguments
from mlproject.preflight.inspection import inspect
from mlproject.preflight.wanted import Wanted, wanted_of

__all__ = ["Wanted", "bootstrap_arguments", "inspect", "wanted_of"]
