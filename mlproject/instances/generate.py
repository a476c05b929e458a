"""Regenerate the table of instance types: `python -m mlproject.instances.generate`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mlproject.files import write_atomically

TABLE = Path(__file__).with_name("instance_types.json")

SOURCES = {
    "uses": "botocore's model of sagemaker: InstanceType (of notebooks), TrainingInstanceType, ProcessingInstanceType, "
    "ProductionVariantInstanceType (of endpoints).",
    "hardware": "moto/ec2/resources/instance_types.json.gz: what EC2's DescribeInstanceTypes answered.",
    "regions": "cfn-lint's aws_sagemaker_processing/instancetype_enum.json, from AWS's price list.",
}
_SHAPES = {
    "notebook": "InstanceType",
    "training": "TrainingInstanceType",
    "processing": "ProcessingInstanceType",
    "hosting": "ProductionVariantInstanceType",
}
# There are no such lists for notebooks and training.
_REGION_LISTS = {"processing": "aws_sagemaker_processing"}
# EC2 answers 512 GiB for each of the 16 devices of trn2.48xlarge, which has 1.5 TB in all:
# https://aws.amazon.com/ec2/instance-types/trn2/
_WRONG_MEMORY = frozenset({"Trainium2"})


def render() -> str:
    """Return the table from the installed botocore, moto and cfn-lint."""
    uses = _read_uses()
    known = _read_ec2_types()
    names = sorted({name for types in uses.values() for name in types})
    hardware = {name: describe(known[ec2]) for name in names if (ec2 := name.removeprefix("ml.")) in known}
    regions = {use: _read_regions(folder) for use, folder in _REGION_LISTS.items()}
    lines = ["{", f'"sources": {json.dumps(SOURCES, indent=2)},']
    lines += [f'"uses": {_block({use: _by_family(types) for use, types in uses.items()})},']
    lines += [f'"regions": {_block({use: _block(lists) for use, lists in regions.items()})},']
    lines += [f'"hardware": {_block(hardware)}', "}"]
    return "\n".join(lines) + "\n"


def describe(ec2_type: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hardware of a type as EC2's DescribeInstanceTypes describes it."""
    return {
        "vcpus": ec2_type["VCpuInfo"]["DefaultVCpus"],
        "memory_gib": round(ec2_type["MemoryInfo"]["SizeInMiB"] / 1024, 2),
        "current": ec2_type["CurrentGeneration"],
        **_accelerators(ec2_type),
    }


def _accelerators(ec2_type: Mapping[str, Any]) -> dict[str, Any]:
    gpus = ec2_type.get("GpuInfo", {}).get("Gpus", ())
    neuron = ec2_type.get("NeuronInfo", {}).get("NeuronDevices", ())
    return {
        key: [{"name": each["Name"], "count": each["Count"], "memory_gib": _device_memory(each)} for each in devices]
        for key, devices in (("gpus", gpus), ("neuron_devices", neuron))
        if devices
    }


def _device_memory(device: Mapping[str, Any]) -> int | None:
    """Return the memory of a device in GiB; None if EC2's answer is wrong."""
    return None if device["Name"] in _WRONG_MEMORY else round(device["MemoryInfo"]["SizeInMiB"] / 1024)


def _read_uses() -> dict[str, tuple[str, ...]]:
    import botocore.session

    model = botocore.session.Session().get_service_model("sagemaker")
    return {use: tuple(model.shape_for(shape).enum) for use, shape in _SHAPES.items()}


def _read_ec2_types() -> Mapping[str, Any]:
    import moto

    file = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    found: Mapping[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
    return found


def _read_regions(folder: str) -> dict[str, dict[str, str]]:
    import cfnlint

    file = Path(cfnlint.__file__).parent / "data" / "schemas" / "extensions" / folder / "instancetype_enum.json"
    lists = json.loads(file.read_text())
    return {region: _by_family(each["enum"]) for region, each in sorted(lists.items()) if isinstance(each, Mapping)}


def _by_family(types: Iterable[str]) -> dict[str, str]:
    sizes: dict[str, list[str]] = {}
    for each in types:
        family, _, size = each.rpartition(".")
        sizes.setdefault(family, []).append(size)
    return {family: " ".join(sizes[family]) for family in sorted(sizes)}


def _block(values: Mapping[str, Any]) -> str:
    """Format a mapping with one line for each key, which keeps differences readable."""
    rows = [f'"{key}": {value if isinstance(value, str) else json.dumps(value)}' for key, value in values.items()]
    return "{\n" + ",\n".join(rows) + "\n}"


if __name__ == "__main__":
    write_atomically(TABLE, render())
