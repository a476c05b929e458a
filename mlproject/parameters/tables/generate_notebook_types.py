"""Regenerate the table of notebook instance types: `python -m mlproject.parameters.tables.generate_notebook_types`."""

from __future__ import annotations

import json

from mlproject.files import write_atomically
from mlproject.parameters.tables.notebook_types import TABLE

SOURCE = "botocore's model of sagemaker: CreateNotebookInstance, InstanceType."


def render() -> str:
    """Return the table from the installed botocore: the sizes of each family, in botocore's order."""
    import botocore.session

    model = botocore.session.Session().get_service_model("sagemaker")
    sizes: dict[str, list[str]] = {}
    for each in model.shape_for("CreateNotebookInstanceInput").members["InstanceType"].enum:
        family, _, size = each.rpartition(".")
        sizes.setdefault(family, []).append(size)
    table = {family: " ".join(sizes[family]) for family in sorted(sizes)}
    return json.dumps({"source": SOURCE, "sizes": table}, indent=2) + "\n"


if __name__ == "__main__":
    write_atomically(TABLE, render())
