"""Fingerprints of deployed and synthesized stacks, which tell whether something changed in the meantime."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# Long enough that two states of a stack never share it by accident, short enough to write in project.yaml.
STATE_LENGTH = 12


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of a JSON value, independent of the order of its keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def state_of_stack(deployed: Mapping[str, Any], template: Any) -> str:
    """Return the fingerprint of a deployed stack: its identity, its template and its tags.

    Two deployments of the same template give the same state; every other deployment gives another state.

    Args:
        deployed: the stack, as returned by DescribeStacks.
        template: its template, as returned by GetTemplate.
    """
    tags = {tag["Key"]: tag["Value"] for tag in deployed.get("Tags", ())}
    return fingerprint({"stack": deployed["StackId"], "template": template, "tags": tags})[:STATE_LENGTH]
