"""Processing steps.

Source of the layout: https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlproject.runner.container import images
from mlproject.runner.container.isolation import BASE
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import Command
from mlproject.runner.container.staging import Input, files_for
from mlproject.runner.steps.job import Job, base_environment, python_command, resource_config

_CONFIG = "/opt/ml/config"
_MESSAGE = "/opt/ml/output/message"
_SHELLS = {"bash", "sh"}
_INPUT_CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "S3DataType": (None, "S3Prefix", "ManifestFile"),
    "S3InputMode": (None, "File"),
    "S3CompressionType": (None, "None"),
}


class ProcessingJob(Job):
    """A job that processes files with a script."""

    kind = "processing-job"
    metadata_key = "ProcessingJob"

    @classmethod
    def unsupported_reasons(cls, arguments: Mapping[str, Any], *, isolated: bool) -> Iterator[str]:
        application = arguments["AppSpecification"]
        image = images.unsupported_reason(application["ImageUri"])
        if image:
            yield image
        entry = application.get("ContainerEntrypoint")
        if not entry:
            yield "it has no ContainerEntrypoint: the code is in the image, which cannot run here"
        elif Path(entry[0]).name in _SHELLS and not isolated:
            yield (
                f"its entry point is a shell script, which needs a private {BASE}: "
                "omit --isolation prefix, or enable user namespaces or install bubblewrap on this machine"
            )
        for item in arguments.get("ProcessingInputs", []):
            yield from _unsupported_input_reasons(item)
        for output in arguments.get("ProcessingOutputConfig", {}).get("Outputs", []):
            if "S3Output" not in output:
                yield f"output {output['OutputName']!r} goes to a feature store, which is not supported here"

    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(
                name=item["InputName"],
                uri=item["S3Input"]["S3Uri"],
                local_path=item["S3Input"]["LocalPath"],
                manifest=item["S3Input"].get("S3DataType") == "ManifestFile",
            )
            for item in self.arguments.get("ProcessingInputs", [])
        )

    def cache_inputs(self) -> Any:
        application = {**self.arguments["AppSpecification"]}
        application["ImageUri"] = images.repository(application["ImageUri"])
        outputs = [[item["OutputName"], item["S3Output"]["LocalPath"]] for item in self._outputs]
        return ["Processing", application, self.arguments.get("Environment", {}), outputs, self.property_files]

    @property
    def property_files(self) -> list[Any]:
        return list(self.step.get("PropertyFiles", []))

    def prepare(self, place: Place, environment: Mapping[str, str]) -> Command:
        for output in self._outputs:
            place.local(output["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)
        config = place.local(_CONFIG)
        config.mkdir(parents=True, exist_ok=True)
        cluster = self.arguments.get("ProcessingResources", {}).get("ClusterConfig", {})
        job = {"ProcessingJobArn": self.arn, "ProcessingJobName": self.name, **self.arguments}
        (config / "resourceconfig.json").write_text(json.dumps(resource_config(cluster)))
        (config / "processingjobconfig.json").write_text(json.dumps(job))
        application = self.arguments["AppSpecification"]
        container = [*application["ContainerEntrypoint"], *application.get("ContainerArguments", [])]
        argv = python_command([place.seen(str(part)) for part in container], self.interpreter)
        start = place.folder / "home"
        full = base_environment(place, environment, self.arguments.get("Environment", {}))
        return Command(
            argv=tuple(place.wrap_command(argv, folder=str(start))),
            environment=full,
            folder=start,
            time_limit=self.time_limit,
        )

    def outputs(self, place: Place) -> list[tuple[Path, str]]:
        return [
            pair
            for output in self._outputs
            for pair in files_for(place.local(output["S3Output"]["LocalPath"]), output["S3Output"]["S3Uri"])
        ]

    def empty_outputs(self, place: Place) -> tuple[str, ...]:
        return tuple(
            output["OutputName"]
            for output in self._outputs
            if not any(path.is_file() for path in place.local(output["S3Output"]["LocalPath"]).rglob("*"))
        )

    def output_uris(self) -> Mapping[str, str]:
        return {output["OutputName"]: output["S3Output"]["S3Uri"] for output in self._outputs}

    def properties(self) -> dict[str, Any]:
        names = {"ProcessingJobName": self.name, "ProcessingJobArn": self.arn, "ProcessingJobStatus": "Completed"}
        return {**self.arguments, **names}

    def message(self, place: Place) -> str | None:
        path = place.local(_MESSAGE)
        return path.read_text(errors="replace").strip() if path.is_file() else None

    @property
    def kms_key(self) -> str | None:
        key: str | None = self.arguments.get("ProcessingOutputConfig", {}).get("KmsKeyId")
        return key

    @property
    def _outputs(self) -> list[Mapping[str, Any]]:
        return list(self.arguments.get("ProcessingOutputConfig", {}).get("Outputs", []))


def _unsupported_input_reasons(item: Mapping[str, Any]) -> Iterator[str]:
    name = item["InputName"]
    if "S3Input" not in item:
        yield f"input {name!r} is a DatasetDefinition (Athena or Redshift), which is not supported here"
        return
    for key, allowed in _INPUT_CHOICES.items():
        value = item["S3Input"].get(key)
        if value not in allowed:
            yield f"input {name!r} has {key} {value}; supported: {', '.join(str(each) for each in allowed if each)}"
