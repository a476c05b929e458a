"""What the report of a pipeline shows, as declared in report.json in the pipeline's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

from mlproject.parameters import FrozenModel, InvalidValueError, MatchesPattern, parameter, read_json
from mlproject.report.model import OutputFile
from mlproject.translation import Message

REPORT_FILE = "report.json"
# Names and positions, such as `metrics.rmse` and `folds[0].rmse`.
JSON_PATH = r"[^.\[\]]+(?:\[[0-9]+\])*(?:\.[^.\[\]]+(?:\[[0-9]+\])*)*"
FILE_NAME = r"(?:[A-Za-z0-9_][A-Za-z0-9 ._=@+-]*/)*[A-Za-z0-9_][A-Za-z0-9 ._=@+-]*"
DECIMALS_LIMIT = 6

_PATH_ALLOWED = "names joined by dots, with list positions in brackets, such as metrics.rmse or folds[0].rmse"

JsonPath = Annotated[str, MatchesPattern(JSON_PATH)]


class JsonFile(FrozenModel):
    """A JSON file that a step writes to one of its outputs."""

    step: str = parameter("The step that writes the file.", allowed="a processing or transform step of the pipeline")
    output: str = parameter("The output of the step.", allowed="the name of an output of this step")
    file: Annotated[str, MatchesPattern(FILE_NAME)] = parameter(
        "The file in the output.", allowed="a relative path, such as metrics.json"
    )

    @property
    def source(self) -> OutputFile:
        """The file without the other keys."""
        return OutputFile(step=self.step, output=self.output, file=self.file)


class Target(FrozenModel):
    """What the model predicts."""

    items: str = parameter(
        "The items that the model predicts something about, in the plural.", allowed="text", default=Message("rows")
    )
    event: str | None = parameter(
        "For the probability of an event: the event, as an adjective, such as late.", allowed="text", default=None
    )
    value: str | None = parameter("For a number: its name, such as price.", allowed="text", default=None)


class Metric(JsonFile):
    """A number in a file, with its direction."""

    label: str = parameter("The name of the metric in the report.", allowed="text")
    path: JsonPath = parameter("The number in the file.", allowed=_PATH_ALLOWED)
    direction: Literal["higher", "lower"] = parameter("Which values are better.", allowed="higher or lower")
    baseline: JsonPath | None = parameter(
        "The same metric of the baseline, in the same file.", allowed=_PATH_ALLOWED, default=None
    )
    decimals: int | None = parameter(
        "Decimal places. Default: four significant digits.",
        allowed=f"0 to {DECIMALS_LIMIT}",
        default=None,
        ge=0,
        le=DECIMALS_LIMIT,
    )
    description: str | None = parameter("An explanation of the metric.", allowed="text", default=None)
    guessing: float | None = parameter(
        "The value of a model without information, at which the bar in the report starts.",
        allowed="a number",
        default=None,
    )
    perfect: float | None = parameter(
        "The value of a perfect model, at which the bar ends.", allowed="a number", default=None
    )


class Test(JsonFile):
    """The data from which the metrics are computed."""

    __test__ = False  # not a test class of pytest

    data: str = parameter("The test data, such as November 2013.", allowed="text")
    rows: JsonPath | None = parameter("The number of rows.", allowed=_PATH_ALLOWED, default=None)
    calibration: JsonPath | None = parameter(
        "A list of groups of rows with the keys from, to, rows, predicted and observed.",
        allowed=_PATH_ALLOWED,
        default=None,
    )


class Predictions(JsonFile):
    """The predictions for data without influence on the metrics, compared with what was observed."""

    data: str = parameter("The data that was scored, such as December 2013.", allowed="text")
    days: JsonPath | None = parameter(
        "A list of days with the keys day, rows, predicted and observed.", allowed=_PATH_ALLOWED, default=None
    )
    calibration: JsonPath | None = parameter(
        "A list of groups of rows with the keys from, to, rows, predicted and observed.",
        allowed=_PATH_ALLOWED,
        default=None,
    )


class Importance(JsonFile):
    """The importance of the model's features."""

    path: JsonPath = parameter("A mapping of feature names to numbers.", allowed=_PATH_ALLOWED)
    descriptions: Mapping[str, str] = parameter(
        "Descriptions of the features.", allowed="a mapping of feature names to texts", default={}
    )


def _validate_target(target: Target) -> Target:
    if target.event is not None and target.value is not None:
        raise InvalidValueError("event and value exclude each other")
    return target


def _validate_metrics(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    for at, metric in enumerate(metrics):
        if metric.label in {other.label for other in metrics[:at]}:
            raise InvalidValueError(f"two metrics have the label {metric.label}", allowed="a different label for each")
        if (metric.guessing is None) != (metric.perfect is None):
            raise InvalidValueError(f"{metric.label} has only one end of its bar", allowed="both guessing and perfect")
        if metric.guessing is None or metric.perfect is None:
            continue
        low, high = sorted((metric.guessing, metric.perfect))
        if low == high or metric.perfect != (high if metric.direction == "higher" else low):
            raise InvalidValueError(
                f"guessing and perfect of {metric.label} do not match its direction, {metric.direction}",
                allowed="a perfect value that is better than guessing",
            )
    return metrics


class ReportSettings(FrozenModel):
    """What a report shows besides the graph, the steps, the resources and the model. Every key is optional."""

    question: str | None = parameter("The question that the model answers.", allowed="text", default=None)
    target: Annotated[Target, AfterValidator(_validate_target)] = parameter(
        "What the model predicts.", allowed="the keys items and event, or items and value", default=Target()
    )
    baseline: str | None = parameter("How the baseline predicts.", allowed="text", default=None)
    metrics: Annotated[tuple[Metric, ...], AfterValidator(_validate_metrics)] = parameter(
        "The metrics, the most important first.",
        allowed="a list of metrics with step, output, file, path, label and direction",
        default=(),
    )
    test: Test | None = parameter(
        "The test data.", allowed="the keys data, step, output, file, rows, calibration", default=None
    )
    predictions: Predictions | None = parameter(
        "Predictions and observed values.", allowed="the keys data, step, output, file, days, calibration", default=None
    )
    importance: Importance | None = parameter(
        "The importance of the features.", allowed="the keys step, output, file, path, descriptions", default=None
    )

    def json_files(self) -> Iterator[tuple[tuple[str | int, ...], JsonFile]]:
        """Yield every file that the settings refer to, after the path of its key."""
        yield from ((("metrics", number), metric) for number, metric in enumerate(self.metrics))
        for name, section in (("test", self.test), ("predictions", self.predictions), ("importance", self.importance)):
            if section is not None:
                yield (name,), section

    @property
    def sources(self) -> tuple[OutputFile, ...]:
        """The files, each once."""
        return tuple(dict.fromkeys(section.source for _, section in self.json_files()))


def read_settings(pipeline: Path) -> ReportSettings:
    """Read the report.json of a pipeline's folder; without the file, every setting has its default.

    Raises:
        ParametersError: the file is invalid. The message contains all errors.
    """
    path = pipeline / REPORT_FILE
    return read_json(path, ReportSettings, root=pipeline.parents[1]) if path.exists() else ReportSettings()
