"""The instance types of SageMaker: their hardware, what they can be used for, and what replaces older ones."""

from mlproject.instances.catalogue import REGION_LISTS, SOURCES, USES, InstanceType, instance_types
from mlproject.instances.selection import find_types, select_types
from mlproject.instances.successors import successor

__all__ = [
    "REGION_LISTS",
    "SOURCES",
    "USES",
    "InstanceType",
    "find_types",
    "instance_types",
    "select_types",
    "successor",
]
