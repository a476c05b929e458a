"""The hyperparameters that the XGBoost container accepts, with their values.

Source: algorithm_mode/hyperparameter_validation.py of the container, tags v1.0-1 to v3.0-5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from mlproject.xgboost_container.image import Version
from mlproject.xgboost_container.metric_names import METRICS, THRESHOLD_METRICS

_Value = TypeVar("_Value", str, str | None)


@dataclass(frozen=True, kw_only=True)
class Interval:
    """The numbers that a hyperparameter accepts.

    Args:
        low: the lower bound.
        high: the upper bound, or None.
        open: whether the lower bound itself is refused.
    """

    low: float
    high: float | None = None
    open: bool = False

    def contains(self, value: float) -> bool:
        """Return whether a number is in the interval; `nan` never is."""
        above = value > self.low if self.open else value >= self.low
        return above and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.high is None:
            return f"{'greater than' if self.open else 'of at least'} {self.low:g}"
        if self.open:
            return f"greater than {self.low:g} and at most {self.high:g}"
        return f"from {self.low:g} to {self.high:g}"


_ALIASES = {"learning_rate": "eta", "min_split_loss": "gamma", "reg_lambda": "lambda", "reg_alpha": "alpha"}
_FLAG = Interval(low=0, high=1)
_SHARE = Interval(low=0, high=1, open=True)
_INTEGERS: Mapping[str, Interval] = {
    "num_round": Interval(low=1),
    "csv_weights": _FLAG,
    "early_stopping_rounds": Interval(low=1),
    "verbosity": Interval(low=0, high=3),
    "silent": _FLAG,
    "nthread": Interval(low=1),
    "max_depth": Interval(low=0),
    "refresh_leaf": _FLAG,
    "max_leaves": Interval(low=0),
    "max_bin": Interval(low=0),
    "one_drop": _FLAG,
    "num_class": Interval(low=2),
    "seed": Interval(low=-(2**31), high=2**31 - 1),
    "num_parallel_tree": Interval(low=1),
    "prob_buffer_row": Interval(low=1, open=True),
}
_NUMBERS: Mapping[str, Interval] = {
    "eta": Interval(low=0, high=1),
    "gamma": Interval(low=0),
    "min_child_weight": Interval(low=0),
    "max_delta_step": Interval(low=0),
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
    "colsample_bylevel": _SHARE,
    "colsample_bynode": _SHARE,
    "lambda": Interval(low=0),
    "alpha": Interval(low=0),
    "sketch_eps": _SHARE,
    "scale_pos_weight": Interval(low=0, open=True),
    "rate_drop": Interval(low=0, high=1),
    "skip_drop": Interval(low=0, high=1),
    "lambda_bias": Interval(low=0, high=1),
    "tweedie_variance_power": Interval(low=1, high=2, open=True),
    "base_score": Interval(low=0),
    "aft_loss_distribution_scale": Interval(low=0),
}
_BOOLEAN = ("true", "false")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "booster": ("gbtree", "gblinear", "dart"),
    "tree_method": ("auto", "exact", "approx", "hist"),  # and gpu_hist, which this machine may not have
    "dsplit": ("row", "col"),
    "process_type": ("default", "update"),
    "grow_policy": ("depthwise", "lossguide"),
    "predictor": ("auto", "cpu_predictor"),
    "sample_type": ("uniform", "weighted"),
    "normalize_type": ("tree", "forest"),
    "objective": (
        *("binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", "multi:softmax", "multi:softprob"),
        *("rank:pairwise", "rank:ndcg", "rank:map", "reg:linear", "reg:squarederror", "reg:logistic", "reg:gamma"),
        *("reg:pseudohubererror", "reg:squaredlogerror", "reg:absoluteerror", "reg:tweedie"),
        *("survival:aft", "survival:cox"),
    ),
    "save_model_on_termination": _BOOLEAN,
    "aft_loss_distribution": ("normal", "logistic", "extreme"),
    "deterministic_histogram": _BOOLEAN,
    "single_precision_histogram": _BOOLEAN,
    "sampling_method": ("uniform", "gradient_based"),
}
_TEXTS = ("updater", "monotone_constraints", "interaction_constraints", "eval_metric")
# Set by a tuning job: `validation:rmse`. The container adds this metric to those of eval_metric.
TUNING_METRIC = "_tuning_objective_metric"
# The container accepts them, but this machine does not support what they request.
_UNSUPPORTED: Mapping[str, str] = {
    "_kfold": "cross validation",
    "_num_cv_round": "cross validation",
    "use_dask_gpu_training": "training on GPUs",
}
_KNOWN = (*_INTEGERS, *_NUMBERS, *_CHOICES, *_TEXTS, TUNING_METRIC)
# The first and the last version that accepts a hyperparameter; None for no limit.
_VERSIONS: Mapping[str, tuple[Version | None, Version | None]] = {
    "silent": (None, (1, 0)),
    "single_precision_histogram": ((1, 2), (1, 5)),
    "aft_loss_distribution": ((1, 2), None),
    "aft_loss_distribution_scale": ((1, 2), None),
    "deterministic_histogram": ((1, 2), None),
    "sampling_method": ((1, 3), None),
    "prob_buffer_row": ((1, 3), None),
}


def with_original_names(values: Mapping[str, _Value]) -> dict[str, _Value]:
    """Return hyperparameters with the names that the container uses for their aliases."""
    return {_ALIASES.get(name, name): value for name, value in values.items()}


def hyperparameter_errors(values: Mapping[str, str | None], *, version: Version | None) -> Iterator[str]:
    """Yield each reason why the container, or this machine, refuses hyperparameters, as a clause.

    Args:
        values: the hyperparameters as AWS stores them; None for a value that is not known before the run.
        version: the version of the container, or None for the newest.
    """
    given = with_original_names(values)
    accepted = [name for name in _KNOWN if _is_accepted(name, version)]
    unknown = [name for name in values if _ALIASES.get(name, name) not in (*accepted, *_UNSUPPORTED)]
    if unknown:
        yield _unknown(unknown, accepted, version)
    for name in _UNSUPPORTED:
        if name in given:
            yield f"hyperparameter {name} requests {_UNSUPPORTED[name]}, which is not supported on this machine"
    if "num_round" not in given:
        yield "the hyperparameter num_round, which the XGBoost container requires, is missing"
    for name, value in given.items():
        rule = None if value is None else _broken_rule(name, value)
        if rule:
            yield f"hyperparameter {name}={value!r}: must be {rule}"
    yield from _combination_errors(given)


def _is_accepted(name: str, version: Version | None) -> bool:
    first, last = _VERSIONS.get(name, (None, None))
    if version is None:
        return last is None
    return (first is None or version >= first) and (last is None or version <= last)


def _unknown(names: list[str], accepted: list[str], version: Version | None) -> str:
    from difflib import get_close_matches

    texts = []
    for name in names:
        near = get_close_matches(name, accepted, n=1)
        texts.append(f"{name} (similar: {near[0]})" if near else name)
    container = f"XGBoost container {version[0]}.{version[1]}" if version else "XGBoost container"
    noun = "hyperparameter" if len(names) == 1 else "hyperparameters"
    return f"the {container} does not accept the {noun} {', '.join(texts)}"


def _broken_rule(name: str, value: str) -> str | None:
    """Return the rule that a value breaks; None if it is valid."""
    if name in _INTEGERS and not (_is_integer(value) and _INTEGERS[name].contains(int(value))):
        return f"a whole number {_INTEGERS[name]}"
    if name in _NUMBERS and not _NUMBERS[name].contains(_number(value)):
        return f"a number {_NUMBERS[name]}"
    if name in _CHOICES and value not in _CHOICES[name]:
        return f"one of {', '.join(_CHOICES[name])}"
    if name == TUNING_METRIC and not _is_metric(value.rpartition(":")[2]):
        return f"a metric of the container, such as validation:rmse: {', '.join(METRICS)}"
    if name == "eval_metric" and not all(_is_metric(metric) for metric in metric_list(value)):
        return f"metrics of the container, separated by commas: {', '.join(METRICS)}"
    return None


def evaluated_metrics(values: Mapping[str, str]) -> list[str]:
    """Return the metrics to compute: those of eval_metric, and the objective of a tuning job."""
    metrics = metric_list(values["eval_metric"]) if "eval_metric" in values else []
    if TUNING_METRIC not in values:
        return metrics
    return sorted({*metrics, values[TUNING_METRIC].rpartition(":")[2]})


def metric_list(value: str) -> list[str]:
    """Return the metrics in the value of eval_metric: `rmse`, `rmse,mae` or `["rmse", "mae"]`."""
    return [metric.strip(" \"'") for metric in value.strip("[] ").split(",")]


def _is_metric(metric: str) -> bool:
    name, separator, threshold = metric.partition("@")
    if separator:
        return name in THRESHOLD_METRICS and _number(threshold) == _number(threshold)
    return metric in METRICS


def _combination_errors(values: Mapping[str, str | None]) -> Iterator[str]:
    objective = values.get("objective")
    if objective in {"multi:softmax", "multi:softprob"} and "num_class" not in values:
        yield f"hyperparameter objective={objective!r} requires num_class"
    ranks_or_classifies = objective is None or objective.startswith(("binary:", "rank:"))
    if not ranks_or_classifies and "auc" in metric_list(values.get("eval_metric") or ""):
        yield f"hyperparameter eval_metric='auc' requires an objective binary:... or rank:..., not {objective}"
    for name, methods in (
        ("monotone_constraints", ("exact", "hist")),
        ("interaction_constraints", ("exact", "hist", "approx")),
    ):
        if name in values and values.get("tree_method", "auto") not in (*methods, None):
            yield f"hyperparameter {name} requires tree_method {' or '.join(methods)}"


def _is_integer(value: str) -> bool:
    return value.removeprefix("-").isdecimal()


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return float("nan")
