"""The types that replace those that are older or not available."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.instances.catalogue import InstanceType, Use, instance_types
from mlproject.parameters.tables import notebook_types

# Families with a newer family of the same purpose: the newest that notebooks, training and processing have in common.
# AWS recommends the current generation (https://aws.amazon.com/ec2/previous-generation/), but the pairs are our choice.
# T2 is the family before T3: https://aws.amazon.com/ec2/instance-types/t3/
NEWER: Mapping[str, str] = {
    "ml.c4": "ml.c7i",
    "ml.c5": "ml.c7i",
    "ml.g5": "ml.g6",
    "ml.m4": "ml.m7i",
    "ml.m5": "ml.m7i",
    "ml.m6i": "ml.m7i",
    "ml.r5": "ml.r7i",
    "ml.r6i": "ml.r7i",
    "ml.t2": "ml.t3",
    **notebook_types.SUCCESSORS,
}


def successor(instance_type: InstanceType, use: Use | None = None) -> InstanceType | None:
    """Return the type that replaces an older one: of the newer family, with at least as many vCPUs; None if none.

    Args:
        instance_type: the older type.
        use: what the newer type must be usable for; by default, for notebooks, training and processing,
            as far as the older one is.
    """
    family = instance_type.family
    if family not in NEWER:
        return None
    while family in NEWER:
        family = NEWER[family]
    required = {use} if use else instance_type.uses - {"hosting"} or {"notebook"}
    candidates = [each for each in instance_types().values() if each.family == family and required <= each.uses]
    if not candidates:
        return None
    as_large = [each for each in candidates if (each.vcpus or 0) >= (instance_type.vcpus or 0)] or candidates[-1:]
    same_size = [each for each in as_large if _size(each) == _size(instance_type)]
    return (same_size or as_large)[0]


def _size(instance_type: InstanceType) -> str:
    return instance_type.name.rpartition(".")[2]
