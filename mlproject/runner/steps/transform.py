"""Batch transform with an XGBoost model, as in the algorithm mode of the XGBoost container.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html (names of the outputs, strategies) and
https://github.com/aws/sagemaker-xgboost-container (algorithm_mode/serve.py: what is read and written).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.container import images
from mlproject.runner.container.isolation import BASE
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import Command
from mlproject.runner.container.staging import Input, files_for
from mlproject.runner.steps.job import Job, base_environment
from mlproject.runner.steps.xgboost_algorithm import PYTHONPATH, container_command
from mlproject.runner.storage import archive
from mlproject.xgboost_container.image import REPOSITORIES

_DATA = f"{BASE}/input/data/transform"
_MODEL = f"{BASE}/input/model"
_OUTPUT = f"{BASE}/output/transform"


class TransformJob(Job):
    """A job that makes a prediction for every line of CSV files, with the model of a Model step."""

    kind = "transform-job"
    metadata_key = "TransformJob"

    @classmethod
    def unsupported_reasons(cls, arguments: Mapping[str, Any], *, isolated: bool) -> Iterator[str]:
        source, output = arguments["TransformInput"], arguments["TransformOutput"]
        for where, key, allowed in (
            (source, "ContentType", ("text/csv",)),
            (source, "CompressionType", (None, "None")),
            (source, "SplitType", (None, "None", "Line")),
            (output, "Accept", (None, "text/csv")),
            (output, "AssembleWith", (None, "None", "Line")),
        ):
            if where.get(key) not in allowed:
                supported = ", ".join(str(each) for each in allowed if each)
                yield f"{key} {where.get(key)} is not supported here; supported: {supported}"
        kind = source["DataSource"]["S3DataSource"].get("S3DataType", "S3Prefix")
        if kind not in {"S3Prefix", "ManifestFile"}:
            yield f"S3DataType {kind} is not supported here; supported: S3Prefix, ManifestFile"
        processing = arguments.get("DataProcessing", {})
        filters = (processing.get("InputFilter", "$"), processing.get("OutputFilter", "$"))
        if filters != ("$", "$") or processing.get("JoinSource", "None") != "None":
            yield "DataProcessing (InputFilter, OutputFilter, JoinSource) is not supported here"
        if isinstance(arguments.get("ModelName"), str):
            yield f"ModelName {arguments['ModelName']!r} is a fixed name; supported: the ModelName of a Model step"

    def inputs(self) -> tuple[Input, ...]:
        source = self.arguments["TransformInput"]["DataSource"]["S3DataSource"]
        return (
            Input(
                name="transform",
                uri=source["S3Uri"],
                local_path=_DATA,
                manifest=source.get("S3DataType") == "ManifestFile",
            ),
            Input(name="model", uri=self._container["ModelDataUrl"], local_path=_MODEL),
        )

    def cache_inputs(self) -> Any:
        return ["Transform", images.repository(self._container["Image"])]

    def prepare(self, place: Place, environment: Mapping[str, str]) -> Command:
        (packed,) = [path for path in place.local(_MODEL).iterdir() if path.is_file()]
        archive.unpack(packed, place.local(f"{BASE}/model"))
        place.local(_OUTPUT).mkdir(parents=True, exist_ok=True)
        paths = [place.seen(path) for path in (f"{BASE}/model", _DATA, _OUTPUT)]
        start = place.folder / "home"
        full = base_environment(place, environment, {"PYTHONPATH": PYTHONPATH})
        return Command(
            argv=tuple(place.wrap_command(container_command("predict", *paths), folder=str(start))),
            environment=full,
            folder=start,
        )

    def outputs(self, place: Place) -> list[tuple[Path, str]]:
        return files_for(place.local(_OUTPUT), self.arguments["TransformOutput"]["S3OutputPath"])

    def empty_outputs(self, place: Place) -> tuple[str, ...]:
        return () if any(path.is_file() for path in place.local(_OUTPUT).rglob("*")) else ("transform",)

    def output_uris(self) -> Mapping[str, str]:
        return {"transform": self.arguments["TransformOutput"]["S3OutputPath"]}

    def properties(self) -> dict[str, Any]:
        names = {"TransformJobName": self.name, "TransformJobArn": self.arn, "TransformJobStatus": "Completed"}
        return {**self.arguments, **names}

    def message(self, place: Place) -> str | None:
        return None

    @property
    def kms_key(self) -> str | None:
        key: str | None = self.arguments["TransformOutput"].get("KmsKeyId")
        return key

    @property
    def _container(self) -> Mapping[str, Any]:
        name = self.arguments["ModelName"]
        if name not in self.models:
            raise UserError(f"model {name!r}: no Model step of this run created it.", exit_code=1)
        return single_container(self.models[name])


def single_container(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container in the arguments of CreateModel; empty if there are several."""
    containers = [model["PrimaryContainer"]] if "PrimaryContainer" in model else model.get("Containers", [])
    return containers[0] if len(containers) == 1 else {}


def unsupported_model_reasons(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield each reason why a Transform step here cannot use a Model step of the same definition."""
    container = single_container(arguments)
    if images.repository(str(container.get("Image", ""))) not in REPOSITORIES:
        yield f"a Transform step here supports only models with one container of image {REPOSITORIES[0]!r}"
    elif container.get("Environment", {}).get("SAGEMAKER_PROGRAM"):
        yield "a Transform step here does not support the model's own inference script (SAGEMAKER_PROGRAM)"
