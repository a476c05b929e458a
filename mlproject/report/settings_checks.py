"""Check that the steps and outputs in a report.json exist in the pipeline's definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlproject.definition import steps_of
from mlproject.parameters import Finding, ParametersError, locate_json
from mlproject.parameters.findings import closest_match, join_names
from mlproject.report.settings import REPORT_FILE, read_settings
from mlproject.report.settings_translations import translation_findings
from mlproject.translation import Message


def settings_findings(pipeline: Path, document: Mapping[str, Any] | None) -> tuple[Finding, ...]:
    """Return the errors in the report.json of a pipeline's folder, and in its translations; none without the file.

    Args:
        pipeline: the pipeline's folder.
        document: its definition; None if it cannot be read, which leaves references unchecked.
    """
    path = pipeline / REPORT_FILE
    if not path.exists():
        return ()
    try:
        settings = read_settings(pipeline)
    except ParametersError as error:
        return error.findings
    try:
        translations = tuple(translation_findings(pipeline, settings))
    except ParametersError as error:
        translations = error.findings
    if document is None:
        return translations
    tree = locate_json(path, root=pipeline.parents[1])
    outputs = {str(step["Name"]): frozenset(_outputs(step)) for step in steps_of(document)}
    return translations + tuple(
        place.finding(message, allowed=join_names(names), suggestion=closest_match(word, names))
        for key, section in settings.json_files()
        for name, word, message, names in _unknown_references(section.step, section.output, outputs)
        if (place := tree.at(*key, name))
    )


def _unknown_references(
    step: str, output: str, outputs: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Yield the key, value, message and allowed values of a step or output that does not exist."""
    readable = frozenset(name for name, names in outputs.items() if names)
    if step not in outputs:
        yield "step", step, Message("the pipeline has no step {step}", step=step), readable
    elif not outputs[step]:
        yield "step", step, Message("the step {step} writes no output that a report can read", step=step), readable
    elif output not in outputs[step]:
        yield (
            "output",
            output,
            Message("the step {step} has no output {output}", step=step, output=output),
            outputs[step],
        )


def _outputs(step: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the outputs of a step that contain files, under which `mlproject run` returns them."""
    arguments = step.get("Arguments", {})
    if step["Type"] == "Processing":
        yield from (each["OutputName"] for each in arguments.get("ProcessingOutputConfig", {}).get("Outputs", ()))
    elif step["Type"] == "Transform":
        yield "transform"
