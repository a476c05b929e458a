"""Train a model with the built-in algorithm: `python -m mlproject.xgboost_container.train SETTINGS BASE`.

Runs as the process of a step. SETTINGS is a JSON object: `hyperparameters`, `data_format`, `model_format`. BASE is the
folder /opt/ml. As in the container, the reason of a failure is written to output/failure.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import scipy.sparse
import xgboost

from mlproject.xgboost_container.data_files import DataFileError, data_files, read_csv
from mlproject.xgboost_container.hyperparameters import TUNING_METRIC, evaluated_metrics
from mlproject.xgboost_container.libsvm import SparseRows, read_libsvm
from mlproject.xgboost_container.metric_names import CONTAINER_METRICS, MAXIMIZED

MODEL_FILE = "xgboost-model"
# Hyperparameters of the container, which are not parameters of xgboost.
_OWN = (
    *("num_round", "csv_weights", "early_stopping_rounds", "save_model_on_termination", "silent", "eval_metric"),
    TUNING_METRIC,
)
# CloudWatch Logs shows a tab as #011, and AWS's regular expressions for the metrics of the algorithm expect it.
_TAB = "#011"
# `[05:57:25] /workspace/src/objective/regression_obj.cu:69: Check failed: is_valid: ` before a message of xgboost.
_SOURCE_LOCATION = re.compile(r"^\[[\d:]+\] \S+:\d+: (Check failed: [^:]+: )?")


def main(settings: Mapping[str, Any], base: Path) -> None:
    """Read the channels, train, and write the model; or write the reason of the failure, and exit with code 1."""
    print(f"Built-in algorithm of the XGBoost container, with xgboost {xgboost.__version__}")
    try:
        channels = _read_channels(base / "input" / "data", settings)
        booster = _train(channels, settings["hyperparameters"])
    except (DataFileError, xgboost.core.XGBoostError, ValueError) as error:
        (base / "output" / "failure").write_text(_first_line(error))
        sys.exit(1)
    path = base / "model" / MODEL_FILE
    if settings["model_format"] == "pickle":
        path.write_bytes(pickle.dumps(booster, protocol=4))
    else:
        path.write_bytes(booster.save_raw("ubj"))


def _first_line(error: Exception) -> str:
    """Return the message of an error, without the stack trace and the location in the source that xgboost adds."""
    line = _SOURCE_LOCATION.sub("", str(error).strip().partition("\n")[0])
    return line.removesuffix(".") or type(error).__name__


def _read_channels(folder: Path, settings: Mapping[str, Any]) -> dict[str, xgboost.DMatrix]:
    """Return the data of the channels by name, `train` first."""
    paths = {name: data_files(folder / name) for name in ("train", "validation") if (folder / name).is_dir()}
    weighted = settings["hyperparameters"].get("csv_weights") == "1"
    found: dict[str, Any] = {}
    for name, files in paths.items():
        try:
            found[name] = read_libsvm(files) if settings["data_format"] == "libsvm" else read_csv(files, has_label=True)
        except DataFileError as error:
            raise DataFileError(f"channel {name!r}: {error}. {_format_hint(settings)}") from error
    width = max(rows.width if isinstance(rows, SparseRows) else rows.shape[1] for rows in found.values())
    return {
        # The container ignores the weights of the validation data.
        name: _sparse(rows, width) if isinstance(rows, SparseRows) else _dense(rows, weighted=weighted)
        for name, rows in found.items()
    }


def _format_hint(settings: Mapping[str, Any]) -> str:
    if settings["data_format"] == "csv":
        return "The channel's ContentType is CSV: numbers without a header, the label in the first column"
    return "The files are read as libsvm, because the channel's ContentType is not text/csv"


def _dense(rows: Any, *, weighted: bool) -> xgboost.DMatrix:
    weights = rows[:, 1] if weighted else None
    return xgboost.DMatrix(rows[:, 2 if weighted else 1 :], label=rows[:, 0], weight=weights)


def _sparse(rows: SparseRows, width: int) -> xgboost.DMatrix:
    matrix = scipy.sparse.csr_matrix(
        (numpy.array(rows.values, dtype=numpy.float32), rows.columns, rows.starts), shape=(len(rows.labels), width)
    )
    return xgboost.DMatrix(matrix, label=rows.labels, weight=rows.weights or None, qid=rows.groups or None)


def _train(channels: Mapping[str, xgboost.DMatrix], hyperparameters: Mapping[str, str]) -> xgboost.Booster:
    for name, data in channels.items():
        print(f"Channel {name}: {data.num_row()} rows and {data.num_col()} columns")
    metrics = evaluated_metrics(hyperparameters)
    computed = [metric for metric in metrics if metric in CONTAINER_METRICS]
    parameters: dict[str, Any] = {name: value for name, value in hyperparameters.items() if name not in _OWN}
    native = [metric for metric in metrics if metric not in computed]
    if native:
        parameters["eval_metric"] = native
    custom = None
    if computed:
        from mlproject.xgboost_container.metrics import evaluate_with

        custom = evaluate_with(computed, objective=hyperparameters.get("objective", "reg:squarederror"))
    callbacks: list[Any] = [_MetricLog()]
    rounds = hyperparameters.get("early_stopping_rounds")
    # As in the container, early stopping requires the channel `validation` and the hyperparameter eval_metric.
    if rounds and metrics and "validation" in channels:
        decisive = hyperparameters.get(TUNING_METRIC, "").rpartition(":")[2] or metrics[-1]
        callbacks.append(
            xgboost.callback.EarlyStopping(
                rounds=int(rounds),
                data_name="validation",
                metric_name=decisive,
                maximize=decisive in MAXIMIZED,
                save_best=True,
            )
        )
    return xgboost.train(
        parameters,
        channels["train"],
        num_boost_round=int(hyperparameters["num_round"]),
        evals=[(data, name) for name, data in channels.items()],
        custom_metric=custom,
        callbacks=callbacks,
        verbose_eval=False,
    )


class _MetricLog(xgboost.callback.TrainingCallback):  # type: ignore[misc]  # xgboost has no types
    """Prints the metrics of each round as they appear in the log of a training job on AWS."""

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, list[Any]]]) -> bool:
        """Print the last value of every metric; never stop the training."""
        values = [
            f"{channel}-{metric}:{history[-1]:.5f}"
            for channel, metrics in evals_log.items()
            for metric, history in metrics.items()
        ]
        print(_TAB.join([f"[{epoch}]", *values]), flush=True)
        return False


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), Path(sys.argv[2]))
