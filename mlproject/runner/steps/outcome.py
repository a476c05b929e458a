"""How a step ends: with its outcome, or with the reason of its failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class StepFailedError(Exception):
    """A step failed, for the reason in the message."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a step that succeeded.

    Args:
        properties: the values of `Steps.<name>.*` references.
        metadata: its metadata in ListPipelineExecutionSteps.
        outputs: URI by output name.
        property_files: parsed JSON by property file name.
        branch: the decision of a condition.
        source: the ARN of the execution that created the outputs, if they come from the cache.
        empty_outputs: the names of outputs without a file.
        stood_in: whether the properties are those of a stand-in.
    """

    properties: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    property_files: Mapping[str, Any] = field(default_factory=dict)
    branch: bool | None = None
    source: str | None = None
    empty_outputs: tuple[str, ...] = ()
    stood_in: bool = False
