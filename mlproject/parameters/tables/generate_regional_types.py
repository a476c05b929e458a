"""Regenerate the table of types that regions lack: `python -m mlproject.parameters.tables.generate_regional_types`."""

from __future__ import annotations

import json

from mlproject.files import write_atomically
from mlproject.parameters.tables.regional_types import TABLE, TYPES_OF_KEYS
from mlproject.parameters.tables.regions import REGIONS

SOURCE = "cfn-lint's copy of CloudFormation's resource schemas by region."


def render() -> str:
    """Return the table from the installed cfn-lint; a region of which it has no schemas lacks nothing."""
    from cfnlint.helpers import REGIONS as KNOWN
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    types = {region: set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region)) for region in REGIONS if region in KNOWN}
    names = sorted({name for of_key in TYPES_OF_KEYS.values() for name in of_key})
    missing = {name: " ".join(region for region, known in types.items() if name not in known) for name in names}
    return json.dumps({"source": SOURCE, "missing": missing}, indent=2) + "\n"


if __name__ == "__main__":
    write_atomically(TABLE, render())
