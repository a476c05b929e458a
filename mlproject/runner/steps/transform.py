"""Batch transform with an XGBoost model, or with a model and its own inference script (SAGEMAKER_PROGRAM).

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html (names of the outputs, strategies) and
https://github.com/aws/sagemaker-xgboost-container (algorithm_mode/serve.py: what is read and written).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.container import images
from mlproject.runner.container.isolation import BASE
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import Command
from mlproject.runner.container.staging import Input, files_for
from mlproject.runner.steps.job import Job, base_environment
from mlproject.runner.steps.script_batch import Options
from mlproject.runner.steps.xgboost_algorithm import PYTHONPATH, container_command
from mlproject.runner.storage import archive
from mlproject.xgboost_container.image import REPOSITORIES

_DATA = f"{BASE}/input/data/transform"
_MODEL = f"{BASE}/input/model"
_OUTPUT = f"{BASE}/output/transform"
_SUBMITTED = f"{BASE}/input/code"
_CODE = f"{BASE}/code"
_OWN_SCRIPT = Path(__file__).with_name("script_batch.py")
FRAMEWORKS: Mapping[str, str] = {
    **dict.fromkeys(REPOSITORIES, "xgboost"),
    "sagemaker-scikit-learn": "sklearn",
}
DIRECTORY, PROGRAM = "SAGEMAKER_SUBMIT_DIRECTORY", "SAGEMAKER_PROGRAM"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
_PAYLOAD_MB = 6


class TransformJob(Job):
    """A job that makes predictions for CSV files, with the model of a Model step or a deployed model."""

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

    def inputs(self) -> tuple[Input, ...]:
        source = self.arguments["TransformInput"]["DataSource"]["S3DataSource"]
        submitted = self._variables.get(DIRECTORY, "")
        code = (Input(name="code", uri=submitted, local_path=_SUBMITTED),) if submitted.startswith("s3://") else ()
        return (
            *code,
            Input(
                name="transform",
                uri=source["S3Uri"],
                local_path=_DATA,
                manifest=source.get("S3DataType") == "ManifestFile",
            ),
            Input(name="model", uri=self._container["ModelDataUrl"], local_path=_MODEL),
        )

    def cache_inputs(self) -> Any:
        found = ["Transform", images.repository(self._container["Image"])]
        if PROGRAM not in self._variables:
            return found
        # The archive's content counts, because it is an input, but not its URI.
        variables = {key: value for key, value in self._variables.items() if key != DIRECTORY}
        return [*found, variables, self._strategy]

    def prepare(self, place: Place, environment: Mapping[str, str]) -> Command:
        (packed,) = [path for path in place.local(_MODEL).iterdir() if path.is_file()]
        archive.unpack(packed, place.local(f"{BASE}/model"))
        place.local(_OUTPUT).mkdir(parents=True, exist_ok=True)
        if PROGRAM in self._variables:
            command = [sys.executable, str(_OWN_SCRIPT), json.dumps(asdict(self._options(place)))]
        else:
            paths = [place.seen(path) for path in (f"{BASE}/model", _DATA, _OUTPUT)]
            command = container_command("predict", *paths)
        start = place.folder / "home"
        own = {"SM_MODEL_DIR": f"{BASE}/model", "PYTHONPATH": PYTHONPATH, **self._variables}
        full = base_environment(place, environment, own)
        return Command(
            argv=tuple(place.wrap_command(command, folder=str(start))),
            environment=full,
            folder=start,
        )

    def _options(self, place: Place) -> Options:
        """Unpack the inference script, and return the arguments of the process that calls it."""
        program = str(self._variables[PROGRAM])
        code = (
            _CODE if place.local(_SUBMITTED).is_dir() else str(self._variables.get(DIRECTORY) or f"{BASE}/model/code")
        )
        if code == _CODE:
            (submitted,) = [path for path in place.local(_SUBMITTED).iterdir() if path.is_file()]
            archive.unpack(submitted, place.local(_CODE))
        if not (place.local(code) / program).is_file():
            raise UserError(f"{code} does not contain {program}, the value of {PROGRAM}.", exit_code=1)
        strategy = self._strategy
        return Options(
            model=place.seen(f"{BASE}/model"),
            code=place.seen(code),
            program=program,
            inputs=place.seen(_DATA),
            outputs=place.seen(_OUTPUT),
            content_type=strategy["ContentType"],
            accept=strategy["Accept"],
            split=strategy["SplitType"] == "Line",
            single=strategy["BatchStrategy"] == "SingleRecord",
            assemble=strategy["AssembleWith"] == "Line",
            payload=int(strategy["MaxPayloadInMB"]) * 1024 * 1024,
            framework=FRAMEWORKS.get(images.repository(self._container["Image"]), ""),
        )

    @property
    def _strategy(self) -> dict[str, Any]:
        source, output = self.arguments["TransformInput"], self.arguments["TransformOutput"]
        return {
            "ContentType": source["ContentType"],
            "Accept": output.get("Accept") or "text/csv",
            "SplitType": source.get("SplitType", "None"),
            "AssembleWith": output.get("AssembleWith", "None"),
            "BatchStrategy": self.arguments.get("BatchStrategy", "MultiRecord"),
            "MaxPayloadInMB": self.arguments.get("MaxPayloadInMB") or _PAYLOAD_MB,
        }

    @property
    def _variables(self) -> dict[str, str]:
        """The container's environment variables. Those of the job take precedence."""
        return {**self._container.get("Environment", {}), **self.arguments.get("Environment", {})}

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
            raise UserError(
                f"model {name!r}: no Model step of this run created it, and it is not deployed.", exit_code=1
            )
        return single_container(self.models[name])


def single_container(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container in the arguments of CreateModel; empty if there are several."""
    containers = [model["PrimaryContainer"]] if "PrimaryContainer" in model else model.get("Containers", [])
    return containers[0] if len(containers) == 1 else {}


def unsupported_model_reasons(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield each reason why a Transform step here cannot use a Model step of the same definition."""
    container = single_container(arguments)
    if not container.get("Image"):
        yield "a Transform step here supports only models with one container, which has an image"
    else:
        yield from unsupported_container_reasons(container)


def unsupported_container_reasons(container: Mapping[str, Any]) -> Iterator[str]:
    """Yield each reason why this machine cannot serve a model with this container."""
    image = container["Image"]
    if container.get("Environment", {}).get(PROGRAM):
        reason = images.unsupported_reason(image)
        if reason:
            yield reason
    elif images.repository(str(image)) not in REPOSITORIES:
        yield f"without an inference script ({PROGRAM}), a model here supports only image {REPOSITORIES[0]!r}"
