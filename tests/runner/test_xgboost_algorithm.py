"""A Training step without a script trains with the built-in XGBoost algorithm, as the container of its image does."""

from __future__ import annotations

import io
import json
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy
import pytest
import xgboost

from mlproject.errors import UserError
from mlproject.runner import RunResult
from tests.runner.conftest import Bench
from tests.runner.samples import ROLE, XGBOOST, definition, processing, register, training

pytestmark = pytest.mark.slow

OLD = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.2-2"
HYPERPARAMETERS = {
    "objective": "reg:squarederror",
    "num_round": "4",
    "max_depth": "3",
    "eta": "0.2",
    "nthread": "1",
}


def builtin(
    *, image: str = XGBOOST, content_type: str | None = "text/csv", channels: Any = None, **hyperparameters: Any
) -> dict[str, Any]:
    """A Training step as the SDK writes it for Estimator(image_uri=xgboost) without an entry point."""
    uris = channels or {"train": "s3://raw/train", "validation": "s3://raw/validation"}
    step = training("Train", channels=uris, image=image)
    given = {**HYPERPARAMETERS, **hyperparameters}
    step["Arguments"]["HyperParameters"] = {name: value for name, value in given.items() if value is not None}
    for channel in step["Arguments"]["InputDataConfig"]:
        channel.update({"ContentType": content_type} if content_type else {})
    return step


def put(bench: Bench, uri: str, text: str) -> None:
    path = bench.object(uri)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def csv_text(rows: Any) -> str:
    buffer = io.StringIO()
    numpy.savetxt(buffer, rows, delimiter=",", fmt="%.6f")
    return buffer.getvalue()


@pytest.fixture
def rows() -> Any:
    """A label and three features; the label is their weighted sum."""
    features = numpy.random.default_rng(3).normal(size=(80, 3))
    return numpy.column_stack([features @ [3.0, -2.0, 0.5], features])


@pytest.fixture
def filled(bench: Bench, rows: Any) -> Bench:
    put(bench, "s3://raw/train/part-1.csv", csv_text(rows[:30]))
    put(bench, "s3://raw/train/part-2.csv", csv_text(rows[30:60]))
    put(bench, "s3://raw/validation/validation.csv", csv_text(rows[60:]))
    return bench


def succeeded(result: RunResult) -> RunResult:
    assert result.status == "Succeeded", result.failure
    return result


def model_file(bench: Bench, result: RunResult) -> bytes:
    """The only file of the trained archive."""
    with tarfile.open(bench.object(result.outputs["Train"]["model"])) as archive:
        assert archive.getnames() == ["xgboost-model"]
        content = archive.extractfile("xgboost-model")
        assert content
        return content.read()


def test_the_model_is_the_one_that_xgboost_trains_with_these_hyperparameters(filled: Bench, rows: Any) -> None:
    content = model_file(filled, succeeded(filled.run(definition(builtin()))))
    read = numpy.round(rows[:60], 6)
    parameters = {name: value for name, value in HYPERPARAMETERS.items() if name != "num_round"}
    mine = xgboost.train(parameters, xgboost.DMatrix(read[:, 1:], read[:, 0]), 4)
    data = xgboost.DMatrix(rows[60:, 1:])
    found = xgboost.Booster(model_file=bytearray(content)).predict(data)
    assert numpy.allclose(found, mine.predict(data), atol=1e-5)


def test_the_log_has_the_metrics_as_the_container_prints_them_and_the_step_has_them_as_properties(
    filled: Bench,
) -> None:
    result = succeeded(filled.run(definition(builtin(eval_metric="mae,rmse"))))
    log = result.step("Train").log
    assert log
    lines = [line for line in log.read_text().splitlines() if line.startswith("[")]
    assert len(lines) == 4
    assert [part.rpartition(":")[0] for part in lines[0].split("#011")[1:]] == [
        *("train-mae", "train-rmse", "validation-mae", "validation-rmse")
    ]
    metrics = {each["MetricName"]: each["Value"] for each in result.step("Train").properties["FinalMetricDataList"]}
    assert metrics["validation:rmse"] == float(lines[-1].rpartition(":")[2])
    assert set(metrics) == {"train:mae", "train:rmse", "validation:mae", "validation:rmse"}


def test_metrics_that_only_the_container_has_are_computed_and_early_stopping_uses_the_last_one(filled: Bench) -> None:
    step = builtin(eval_metric="mse", early_stopping_rounds="2", num_round="400", eta="1", max_depth="6")
    result = succeeded(filled.run(definition(step)))
    log = result.step("Train").log
    assert log
    lines = [line for line in log.read_text().splitlines() if line.startswith("[")]
    errors = [float(line.rpartition("validation-mse:")[2]) for line in lines]
    best = errors.index(min(errors))
    assert len(errors) == best + 3 < 400
    kept = xgboost.Booster(model_file=bytearray(model_file(filled, result)))
    assert kept.num_boosted_rounds() == best + 1


@pytest.mark.parametrize("image", [OLD, "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest"])
@pytest.mark.slow
def test_images_before_1_3_write_a_pickle(filled: Bench, image: str) -> None:
    content = model_file(filled, succeeded(filled.run(definition(builtin(image=image)))))
    assert pickle.loads(content).num_boosted_rounds() == 4  # noqa: S301  # this test made it


@pytest.mark.slow
def test_another_version_of_the_image_that_writes_another_format_trains_again(filled: Bench) -> None:
    succeeded(filled.run(definition(builtin())))
    assert succeeded(filled.run(definition(builtin()))).step("Train").cached
    again = succeeded(filled.run(definition(builtin(image=OLD))))
    assert not again.step("Train").cached


def test_libsvm_is_read_without_a_content_type_and_columns_may_be_missing_at_the_end(bench: Bench) -> None:
    put(bench, "s3://raw/train/train.libsvm", "".join(f"{n % 2} 0:{n % 2} 4:{n}\n" for n in range(20)))
    put(bench, "s3://raw/validation/validation.libsvm", "1 0:1\n0 0:0 # a comment\n")
    step = builtin(content_type=None, objective="binary:logistic", base_score="0.5")
    content = model_file(bench, succeeded(bench.run(definition(step))))
    model = xgboost.Booster(model_file=bytearray(content))
    assert model.num_features() == 5


@pytest.mark.slow
def test_weights_are_the_second_column_if_csv_weights_is_1(filled: Bench, rows: Any) -> None:
    put(filled, "s3://raw/train/part-1.csv", csv_text(abs(rows)))
    put(filled, "s3://raw/train/part-2.csv", csv_text(abs(rows)))
    result = succeeded(filled.run(definition(builtin(channels={"train": "s3://raw/train"}, csv_weights="1"))))
    assert xgboost.Booster(model_file=bytearray(model_file(filled, result))).num_features() == 2


def test_a_malformed_file_fails_the_step_with_its_line(bench: Bench) -> None:
    put(bench, "s3://raw/train/part-1.csv", "1,2,3\n4,five,6\n")
    failure = bench.run(definition(builtin(channels={"train": "s3://raw/train"})), isolation="prefix").failure
    assert failure
    assert failure.startswith(
        "step Train failed: exit code 1: channel 'train': part-1.csv, line 2: 'five' is not a number. "
        "The channel's ContentType is CSV: numbers without a header, the label in the first column. The last lines"
    )
    assert "Traceback" not in failure


def test_a_label_that_the_objective_refuses_fails_the_step_with_the_sentence_of_xgboost(filled: Bench) -> None:
    failure = filled.run(definition(builtin(objective="binary:logistic", base_score="0.5"))).failure
    assert failure
    assert failure.startswith("step Train failed: exit code 1: label must be in (0, 1) for logistic regression")


def test_everything_that_the_container_refuses_is_reported_before_anything_runs(bench: Bench) -> None:
    step = builtin(num_round=None, etaa="1", eta="2", channels={"train": "s3://raw/train", "test": "s3://raw/test"})
    with pytest.raises(UserError) as refused:
        bench.run(definition(step))
    assert str(refused.value).splitlines() == [
        "step Train (Training): the XGBoost container 3.2 does not accept the hyperparameter etaa (similar: eta).",
        "step Train (Training): the hyperparameter num_round, which the XGBoost container requires, is missing.",
        "step Train (Training): hyperparameter eta='2': must be a number from 0 to 1.",
        "step Train (Training): the XGBoost container has no channel 'test'; supported: train, validation.",
    ]
    assert not bench.kept.joinpath("runs").exists() or not list(bench.kept.glob("runs/*/logs/*"))


def test_a_format_that_is_not_read_here_is_refused(bench: Bench) -> None:
    with pytest.raises(UserError, match=r"channel 'train' has ContentType application/x-parquet, which the built-in"):
        bench.run(definition(builtin(content_type="application/x-parquet")))


def test_a_hyperparameter_that_an_earlier_step_computes_is_checked_when_the_step_starts(filled: Bench) -> None:
    filled.script(
        "step.py",
        "import json, os, pathlib\n"
        "path = pathlib.Path(os.environ['SAGEMAKER_BASE_DIR'], 'processing/output/out/best.json')\n"
        "path.write_text(json.dumps({'depth': 'deep'}))\n",
    )
    tune = processing("Tune", property_files={"Best": ("out", "best.json")})
    depth = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Tune.PropertyFiles.Best"}, "Path": "depth"}}
    failure = filled.run(definition(tune, builtin(max_depth=depth))).failure
    assert failure == "step Train failed: hyperparameter max_depth='deep': must be a whole number of at least 0."


@pytest.mark.parametrize("image", [XGBOOST, OLD])
def test_the_model_is_registered_and_predicts_one_line_per_line(filled: Bench, rows: Any, image: str) -> None:
    put(filled, "s3://raw/score/a.csv", csv_text(rows[60:65, 1:]))
    artifacts = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    container = {"Image": image, "ModelDataUrl": artifacts, "Environment": {}}
    model = {
        "Name": "Model",
        "Type": "Model",
        "Arguments": {"ExecutionRoleArn": ROLE, "PrimaryContainer": container},
    }
    score = {
        "Name": "Score",
        "Type": "Transform",
        "Arguments": {
            "ModelName": {"Get": "Steps.Model.ModelName"},
            "TransformInput": {
                "ContentType": "text/csv",
                "SplitType": "Line",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://raw/score"}},
            },
            "TransformOutput": {"Accept": "text/csv", "AssembleWith": "Line", "S3OutputPath": "s3://artifacts/scores"},
            "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
        },
    }
    result = succeeded(filled.run(definition(builtin(image=image), model, score, register("Register", artifacts))))
    lines = filled.object("s3://artifacts/scores/a.csv.out").read_text().splitlines()
    assert len([float(line) for line in lines]) == 5
    assert result.model_package_arn
    package = json.loads(next(filled.kept.glob("model-packages/tests/*.json")).read_text())
    url = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert url == result.outputs["Train"]["model"]
    assert Path(filled.object(url)).is_file()


def test_a_tuning_step_tunes_the_algorithm_by_a_metric_that_its_hyperparameters_do_not_name(filled: Bench) -> None:
    job = builtin(num_round=None)["Arguments"]
    static = job.pop("HyperParameters")
    tune = {
        "Name": "Tune",
        "Type": "Tuning",
        "Arguments": {
            "HyperParameterTuningJobConfig": {
                "Strategy": "Grid",
                "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:mae"},
                "ResourceLimits": {"MaxParallelTrainingJobs": 2},
                "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "num_round", "Values": ["1", "9"]}]},
            },
            "TrainingJobDefinition": {**job, "StaticHyperParameters": static},
        },
    }
    properties = succeeded(filled.run(definition(tune))).step("Tune").properties
    assert properties["BestTrainingJob"]["TunedHyperParameters"] == {"num_round": "9"}
