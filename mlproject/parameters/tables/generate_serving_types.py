"""Regenerate the table of serving instance types: `python -m mlproject.parameters.tables.generate_serving_types`."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mlproject.files import write_atomically
from mlproject.parameters.tables.serving_types import TABLE

SOURCE = "botocore's model of sagemaker: ProductionVariantInstanceType and TransformInstanceType."


def render() -> str:
    """Return the table from the installed botocore: the sizes of each family, in botocore's order."""
    import botocore.session

    model = botocore.session.Session().get_service_model("sagemaker")
    types = {
        "endpoint": _by_family(model.shape_for("ProductionVariantInstanceType").enum),
        "transform": _by_family(model.shape_for("TransformInstanceType").enum),
    }
    return json.dumps({"source": SOURCE, "types": types}, indent=2) + "\n"


def _by_family(types: Iterable[str]) -> dict[str, str]:
    sizes: dict[str, list[str]] = {}
    for each in types:
        family, _, size = each.rpartition(".")
        sizes.setdefault(family, []).append(size)
    return {family: " ".join(sizes[family]) for family in sorted(sizes)}


if __name__ == "__main__":
    write_atomically(TABLE, render())
