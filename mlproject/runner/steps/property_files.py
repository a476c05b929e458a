"""Read the property files of a step: the JSON files in its outputs from which later steps read values."""

from __future__ import annotations

import json
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.plan import Node
from mlproject.runner.steps.job import Job
from mlproject.runner.steps.outcome import StepFailedError


def read_property_files(node: Node, place: Place, job: Job) -> dict[str, Any]:
    """Return the content of the property files that a step declares, by name.

    Raises:
        UserError: a property file names an output that the step does not have.
        StepFailedError: the step did not write it, or not as JSON.
    """
    folders = {
        output["OutputName"]: output["S3Output"]["LocalPath"]
        for output in job.arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
    }
    found = {}
    for declared in node.step.get("PropertyFiles", []):
        name, output, relative = (declared[key] for key in ("PropertyFileName", "OutputName", "FilePath"))
        if output not in folders:
            raise UserError(f"property file {name}: the step has no output {output!r}.", exit_code=1)
        path = place.local(folders[output]) / relative
        try:
            found[name] = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise StepFailedError(
                f"property file {name}: the step did not write {relative} to output {output}."
            ) from None
        except ValueError as error:
            raise StepFailedError(f"property file {name}: {relative} is not valid JSON ({error}).") from error
    return found
