"""Regenerate the table of EMR releases: `python -m mlproject.parameters.tables.generate_emr_releases` (needs moto)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from mlproject.files import write_atomically
from mlproject.parameters.tables.emr_releases import TABLE

SOURCE = "moto/emr/resources: what ListReleaseLabels and ListSupportedInstanceTypes answered."
# Amazon Linux 2023 with Python 3.9: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-700-release.html
# Later generations also need a VPC endpoint for EMR and other AWS buckets, which stacks/constructs/
# emr_service_permissions.py omits: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
SUPPORTED = "emr-7."
_ARCHITECTURES = {"X86_64": "x86_64", "AARCH64": "arm64"}


def render() -> str:
    """Return the table from the installed moto: the node types that each release adds to the previous one.

    Raises:
        AssertionError: a release supports fewer types than the previous one, which the table cannot express.
    """
    import moto.emr

    folder = Path(moto.emr.__file__).with_name("resources")
    labels = {label for path in folder.glob("release-labels-*.json.gz") for label in _read(path)}
    types = _read(folder / "instance_types.json.gz")
    added: dict[str, dict[str, str]] = {}
    known: set[str] = set()
    for label in sorted((each for each in labels if each.startswith(SUPPORTED)), key=_version):
        supported = set(_read(folder / f"instance-types-{label}.json.gz"))
        if not known <= supported:
            raise AssertionError(f"{label} no longer supports {sorted(known - supported)}")
        added[label] = {
            ours: " ".join(sorted(each for each in supported - known if types[each]["Architecture"] == theirs))
            for theirs, ours in _ARCHITECTURES.items()
        }
        known = supported
    others = " ".join(sorted(each for each in labels if each not in added))
    return json.dumps({"source": SOURCE, "node_types_added": added, "other_releases": others}, indent=2) + "\n"


def _read(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))


def _version(label: str) -> tuple[int, ...]:
    return tuple(int(part) for part in label.removeprefix("emr-").split("."))


if __name__ == "__main__":
    write_atomically(TABLE, render())
