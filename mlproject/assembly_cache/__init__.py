"""Cache of synthesized units: what has not changed is not synthesized again."""

from mlproject.assembly_cache.cache import AssemblyCache
from mlproject.assembly_cache.keys import Inputs
from mlproject.assembly_cache.split import StackOutsideStageError
from mlproject.assembly_cache.store import Store
from mlproject.assembly_cache.units import IDENTITY, Unit, parse_units, select_units, split_evenly

__all__ = [
    "IDENTITY",
    "AssemblyCache",
    "Inputs",
    "StackOutsideStageError",
    "Store",
    "Unit",
    "parse_units",
    "select_units",
    "split_evenly",
]
