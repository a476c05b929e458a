"""Regenerate the table of node types: `python -m mlproject.cluster.generate_node_types` (needs moto)."""

from __future__ import annotations

import gzip
import json
from itertools import groupby
from pathlib import Path

from mlproject.cluster.node_types import TABLE
from mlproject.files import write_atomically
from mlproject.parameters.tables import emr_releases

SOURCE = "moto/emr/resources/instance_types.json.gz: VCPU and MemoryGB, which ListSupportedInstanceTypes answered."


def render() -> str:
    """Return the vCPUs and the memory in MB of each node type that a supported release has, from the installed moto."""
    import moto.emr

    file = Path(moto.emr.__file__).with_name("resources") / "instance_types.json.gz"
    known = json.loads(gzip.decompress(file.read_bytes()))
    names = sorted(emr_releases.node_types(emr_releases.releases()[-1]))
    families = [
        f'"{family}": {json.dumps({name: _hardware(known[name]) for name in members})}'
        for family, members in groupby(names, key=lambda name: name.split(".")[0])
    ]
    table = ",\n".join(families)
    return f'{{\n"source": "{SOURCE}",\n"node_types": {{\n{table}\n}}\n}}\n'


def _hardware(answered: dict[str, float]) -> tuple[int, int]:
    return int(answered["VCPU"]), int(answered["MemoryGB"] * 1024)


if __name__ == "__main__":
    write_atomically(TABLE, render())
