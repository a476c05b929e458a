"""Find the projects and environments that a change affects."""

from mlproject.affected.affected import Affected, find_affected
from mlproject.affected.base_parameters import load_base_parameters

__all__ = ["Affected", "find_affected", "load_base_parameters"]
