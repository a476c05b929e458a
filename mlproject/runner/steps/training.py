"""Training steps: scripts (script mode), and the built-in XGBoost algorithm.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html and
https://github.com/aws/sagemaker-training-toolkit (environment variables, arguments of the script).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.container import images, script_mode
from mlproject.runner.container.isolation import BASE
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import Command
from mlproject.runner.container.staging import Input, files_for
from mlproject.runner.steps import xgboost_algorithm
from mlproject.runner.steps.job import Job, base_environment, python_command, resource_config
from mlproject.runner.storage import archive
from mlproject.runner.storage.object_store import join_uri

_CODE = "/opt/ml/code"
_SUBMITTED = "/opt/ml/input/code"  # where the archive is staged; in a container its location is temporary
_FAILURE = "/opt/ml/output/failure"
_CHANNEL_CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "InputMode": (None, "File", "FastFile"),
    "CompressionType": (None, "None"),
    "RecordWrapperType": (None, "None"),
}


class TrainingJob(Job):
    """A job that trains and packs the files in /opt/ml/model."""

    kind = "training-job"
    metadata_key = "TrainingJob"

    @classmethod
    def unsupported_reasons(cls, arguments: Mapping[str, Any], *, isolated: bool) -> Iterator[str]:
        algorithm = arguments["AlgorithmSpecification"]
        own_command = algorithm.get("ContainerEntrypoint")
        hyperparameters = arguments.get("HyperParameters", {})
        if "TrainingImage" not in algorithm:
            yield f"algorithm {algorithm.get('AlgorithmName')!r} is an AWS resource, which cannot run here"
            return
        if xgboost_algorithm.is_xgboost_algorithm(arguments):
            yield from xgboost_algorithm.unsupported_reasons(arguments)
        elif not own_command and not {script_mode.PROGRAM, script_mode.SUBMIT_DIRECTORY} <= set(hyperparameters):
            yield xgboost_algorithm.no_script_reason(images.repository(str(algorithm["TrainingImage"])))
            return
        image = images.unsupported_reason(algorithm["TrainingImage"])
        if image:
            yield image
        channels = arguments.get("InputDataConfig", [])
        if any(channel["ChannelName"] == "sm_drivers" for channel in channels) and not isolated:
            yield (
                f"its channel 'sm_drivers' contains scripts of the SDK, which need a private {BASE}: "
                "omit --isolation prefix, or enable user namespaces or install bubblewrap on this machine"
            )
        for channel in channels:
            yield from _unsupported_channel_reasons(channel)

    def inputs(self) -> tuple[Input, ...]:
        channels = tuple(_channel(channel) for channel in self.arguments.get("InputDataConfig", []))
        submitted = self._hyperparameters.get(script_mode.SUBMIT_DIRECTORY)
        return (*channels, Input(name="code", uri=submitted, local_path=_SUBMITTED)) if submitted else channels

    def cache_inputs(self) -> Any:
        algorithm = {**self.arguments["AlgorithmSpecification"]}
        algorithm["TrainingImage"] = images.repository(algorithm["TrainingImage"])
        if self._is_xgboost_algorithm:
            algorithm["ModelFormat"] = xgboost_algorithm.written_format(self.arguments)
        # The archive's content counts, because it is an input, but not its URI.
        values = {key: value for key, value in self._hyperparameters.items() if key != script_mode.SUBMIT_DIRECTORY}
        channels = [
            [channel["ChannelName"], channel.get("ContentType")]
            for channel in self.arguments.get("InputDataConfig", [])
        ]
        compression = self.arguments["OutputDataConfig"].get("CompressionType")
        return ["Training", algorithm, values, self.arguments.get("Environment", {}), channels, compression]

    def prepare(self, place: Place, environment: Mapping[str, str]) -> Command:
        for path in ("model", "output/data", "output/intermediate", "input/config", "checkpoints", "code"):
            place.local(f"{BASE}/{path}").mkdir(parents=True, exist_ok=True)
        resources = resource_config(self.arguments.get("ResourceConfig", {}))
        channels = script_mode.channel_config(self.arguments.get("InputDataConfig", []))
        texts = {key: str(value) for key, value in self.arguments.get("HyperParameters", {}).items()}
        for name, value in (
            ("hyperparameters", texts),
            ("inputdataconfig", channels),
            ("resourceconfig", resources),
        ):
            place.local(f"{BASE}/input/config/{name}.json").write_text(place.seen(json.dumps(value)))
        algorithm = self.arguments["AlgorithmSpecification"]
        container = algorithm.get("ContainerEntrypoint")
        names = {"TRAINING_JOB_NAME": self.name, "TRAINING_JOB_ARN": self.arn}
        contract = script_mode.environment(self._hyperparameters, channels, resources)
        own = {**names, **contract, **self.arguments.get("Environment", {})}
        if container:
            argv = [place.seen(str(part)) for part in (*container, *algorithm.get("ContainerArguments", []))]
        elif self._is_xgboost_algorithm:
            argv = xgboost_algorithm.training_command(self.arguments, base=place.base)
            own["PYTHONPATH"] = xgboost_algorithm.PYTHONPATH
        else:
            argv = self._script(place)
        return Command(
            argv=tuple(place.wrap_command(python_command(argv, self.interpreter), folder=place.seen(_CODE))),
            environment=base_environment(place, environment, own),
            folder=place.local(_CODE),
            time_limit=self.time_limit,
        )

    def _script(self, place: Place) -> list[str]:
        """Unpack the submitted archive, and return the command of the script."""
        program = str(self._hyperparameters[script_mode.PROGRAM])
        (submitted,) = [path for path in place.local(_SUBMITTED).iterdir() if path.is_file()]
        archive.unpack(submitted, place.local(_CODE))
        if not (place.local(_CODE) / program).is_file():
            raise UserError(
                f"{submitted.name}: the archive does not contain {program}, the value of {script_mode.PROGRAM}."
            )
        arguments = [place.seen(part) for part in script_mode.arguments(self._hyperparameters)]
        shell = program.endswith(".sh")
        return ["/bin/sh" if shell else "python3", f"./{program}" if shell else program, *arguments]

    def outputs(self, place: Place) -> list[tuple[Path, str]]:
        model = place.local(f"{BASE}/model")
        extra = place.local(f"{BASE}/output/data")
        uri = self._output_uri
        if not self._compressed:
            files = files_for(model, f"{uri}/model")
        else:
            files = [(_packed(model, place.folder / "model.tar.gz"), f"{uri}/model.tar.gz")]
        if any(path.is_file() for path in extra.rglob("*")):
            files.append((_packed(extra, place.folder / "output.tar.gz"), f"{uri}/output.tar.gz"))
        return files

    def empty_outputs(self, place: Place) -> tuple[str, ...]:
        return () if any(path.is_file() for path in place.local(f"{BASE}/model").rglob("*")) else ("model",)

    def output_uris(self) -> Mapping[str, str]:
        return {"model": self._model_uri}

    def properties(self) -> dict[str, Any]:
        names = {"TrainingJobName": self.name, "TrainingJobArn": self.arn, "TrainingJobStatus": "Completed"}
        return {**self.arguments, **names, "ModelArtifacts": {"S3ModelArtifacts": self._model_uri}}

    def log_properties(self, log: Path) -> dict[str, Any]:
        definitions = self.arguments["AlgorithmSpecification"].get("MetricDefinitions", [])
        metrics = script_mode.metrics(definitions, log)
        if self._is_xgboost_algorithm:
            defined = {metric["MetricName"] for metric in metrics}
            metrics += [each for each in xgboost_algorithm.final_metrics(log) if each["MetricName"] not in defined]
        return {"FinalMetricDataList": metrics} if metrics or definitions else {}

    def message(self, place: Place) -> str | None:
        path = place.local(_FAILURE)
        return path.read_text(errors="replace").strip() if path.is_file() else None

    @property
    def kms_key(self) -> str | None:
        key: str | None = self.arguments["OutputDataConfig"].get("KmsKeyId")
        return key

    @property
    def _hyperparameters(self) -> dict[str, Any]:
        return script_mode.decode_hyperparameters(self.arguments.get("HyperParameters", {}))

    @property
    def _is_xgboost_algorithm(self) -> bool:
        return xgboost_algorithm.is_xgboost_algorithm(self.arguments)

    @property
    def _compressed(self) -> bool:
        compression: str = self.arguments["OutputDataConfig"].get("CompressionType", "GZIP")
        return compression != "NONE"

    @property
    def _output_uri(self) -> str:
        return join_uri(self.arguments["OutputDataConfig"]["S3OutputPath"], f"{self.name}/output")

    @property
    def _model_uri(self) -> str:
        return f"{self._output_uri}/{'model.tar.gz' if self._compressed else 'model/'}"


def _channel(channel: Mapping[str, Any]) -> Input:
    source = channel["DataSource"]["S3DataSource"]
    return Input(
        name=channel["ChannelName"],
        uri=source["S3Uri"],
        local_path=f"{BASE}/input/data/{channel['ChannelName']}",
        manifest=source.get("S3DataType") == "ManifestFile",
    )


def _unsupported_channel_reasons(channel: Mapping[str, Any]) -> Iterator[str]:
    name = channel["ChannelName"]
    if "S3DataSource" not in channel["DataSource"]:
        yield f"channel {name!r} reads from a file system or dataset in AWS; supported: S3DataSource"
        return
    kind = channel["DataSource"]["S3DataSource"].get("S3DataType", "S3Prefix")
    if kind not in {"S3Prefix", "ManifestFile"}:
        yield f"channel {name!r} has S3DataType {kind}; supported: S3Prefix, ManifestFile"
    for key, allowed in _CHANNEL_CHOICES.items():
        if channel.get(key) not in allowed:
            supported = ", ".join(str(each) for each in allowed if each)
            yield f"channel {name!r} has {key} {channel[key]}; supported: {supported}"


def _packed(folder: Path, target: Path) -> Path:
    with target.open("wb") as file:
        archive.pack(folder, file)
    return target
