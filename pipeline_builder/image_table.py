"""Print the SageMaker SDK's table of AWS's containers by region. Requires the SDK, but no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pipeline_builder.images import FRAMEWORKS, REGISTRIES, SCOPES
from pipeline_builder.sdk_settings import BUILD_REGION  # before the SDK, which it isolates

# isort: split
from sagemaker.core import image_uris
from sagemaker.core.common_utils import _botocore_resolver


def build_table() -> dict[str, Any]:
    """Return the hosts of each registry by region, and the images that AWS publishes in the same regions.

    The tag of an image starts with the one in the table: `pytorch-training:2.5.1` is published for CPU and GPU.
    """
    hosts: dict[str, dict[str, str]] = {}
    published: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for image, accounts in _entries():
        registry = REGISTRIES[accounts[BUILD_REGION]]
        published.setdefault((registry, tuple(sorted(accounts))), set()).add(image)
        for region, account in accounts.items():
            host = f"{account}.dkr.{_domain(region)}"
            if hosts.setdefault(registry, {}).setdefault(region, host) != host:
                raise ValueError(f"{region}: {registry} has several owners, {account} and {hosts[registry][region]}")
    return {
        "registries": hosts,
        "published": [
            {"registry": registry, "regions": list(regions), "images": sorted(images)}
            for (registry, regions), images in sorted(published.items())
        ],
    }


def _entries() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the images with their accounts by region."""
    for framework in FRAMEWORKS:
        config = image_uris.config_for_framework(framework)
        for scope in sorted(set(SCOPES.values())):
            for path, entry in _leaves(config[scope]["versions"]):
                tag = entry.get("tag_prefix", path[0])
                if framework == "huggingface":
                    tag = f"{re.sub('[a-z]', '', path[1])}-transformers{path[0]}"
                yield f"{entry['repository']}:{tag}", entry["registries"]


def _leaves(config: Mapping[str, Any], *path: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for key, value in config.items():
        if "repository" in value:
            yield (*path, key), value
        elif key != "version_aliases":
            yield from _leaves(value, *path, key)


@cache  # the SDK reads all endpoints of AWS for each call
def _domain(region: str) -> str:
    endpoint = _botocore_resolver().construct_endpoint("ecr", region)
    return str(endpoint["hostname"] if endpoint else f"ecr.{region}.amazonaws.com").removeprefix("api.")


if __name__ == "__main__":
    print(json.dumps(build_table()))
