"""The evaluation metrics that the container computes with scikit-learn, on the predictions of xgboost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy
import sklearn.metrics

# Predictions of these objectives are probabilities; larger than the threshold is class 1.
_THRESHOLDS = {"binary:logistic": 0.5, "reg:logistic": 0.5}
_AVERAGES = {"precision": "binary", "recall": "binary", "f1": "macro", "f1_binary": "binary", "f1_macro": "macro"}


def evaluate_with(names: Sequence[str], *, objective: str) -> Callable[[Any, Any], list[tuple[str, float]]]:
    """Return a function that xgboost calls after each round: (predictions, data) -> values by metric.

    Args:
        names: some of CONTAINER_METRICS.
        objective: decides what the predictions are.
    """
    return lambda predictions, data: [(name, _value(name, predictions, data.get_label(), objective)) for name in names]


def _value(name: str, predictions: Any, labels: Any, objective: str) -> float:
    if name == "mse":
        return float(sklearn.metrics.mean_squared_error(labels, predictions))
    if name == "r2":
        return float(sklearn.metrics.r2_score(labels, predictions))
    classes = _classes(predictions, objective)
    if name == "accuracy":
        return float(sklearn.metrics.accuracy_score(labels, classes))
    if name == "balanced_accuracy":
        return float(sklearn.metrics.balanced_accuracy_score(labels, classes))
    kind, _, average = name.partition("_")
    score = getattr(sklearn.metrics, f"{kind}_score")
    return float(score(labels, classes, average=_AVERAGES.get(name, average)))


def _classes(predictions: Any, objective: str) -> Any:
    if predictions.ndim > 1:
        return numpy.argmax(predictions, axis=-1)
    if objective == "multi:softmax":
        return predictions.astype(int)
    return (predictions > _THRESHOLDS.get(objective, 0.0)).astype(int)
