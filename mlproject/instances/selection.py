"""Select instance types by use, memory and GPU, or by name."""

from __future__ import annotations

from collections.abc import Sequence

from mlproject.errors import UserError
from mlproject.instances.catalogue import InstanceType, Use, instance_types
from mlproject.parameters.findings import closest_match

# The uses of this project's own stacks and pipelines, which the list without a use contains.
_LISTED: frozenset[Use] = frozenset({"notebook", "training", "processing"})


def select_types(
    *, use: Use | None = None, gpu: bool = False, memory_gib: float | None = None
) -> tuple[InstanceType, ...]:
    """Return the types that meet the requirements. Types with unknown hardware meet none of gpu and memory.

    Args:
        use: what the type must be usable for. Default: notebooks, training or processing.
        gpu: only types with a GPU.
        memory_gib: minimum memory in GiB.
    """
    uses = {use} if use else _LISTED
    return tuple(
        each
        for each in instance_types().values()
        if each.uses & uses
        and (not gpu or each.has_gpu)
        and (memory_gib is None or (each.memory_gib is not None and each.memory_gib >= memory_gib))
    )


def find_types(names: Sequence[str]) -> tuple[InstanceType, ...]:
    """Return types by name, in the given order.

    Raises:
        UserError: a name is not an instance type of SageMaker.
    """
    known = instance_types()
    for name in names:
        if name not in known:
            near = closest_match(name, known)
            hint = f" Did you mean {near}?" if near else ""
            raise UserError(f"{name}: not an instance type of SageMaker.{hint} `mlproject instances` lists every type.")
    return tuple(known[name] for name in names)
