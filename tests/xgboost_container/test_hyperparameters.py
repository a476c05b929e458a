"""Hyperparameters are accepted and refused as the XGBoost container of the image's version does."""

from __future__ import annotations

import pytest

from mlproject.xgboost_container.hyperparameters import hyperparameter_errors
from mlproject.xgboost_container.image import Version, image_version, model_format

ABALONE = {
    "objective": "reg:linear",
    "num_round": "50",
    "max_depth": "5",
    "eta": "0.2",
    "gamma": "4",
    "min_child_weight": "6",
    "subsample": "0.7",
}


def errors(version: Version | None = (1, 7), **values: str | None) -> list[str]:
    """The errors of the hyperparameters of AWS's abalone example with these changes."""
    return list(hyperparameter_errors({**ABALONE, **values}, version=version))


def test_the_hyperparameters_of_the_abalone_example_are_accepted_with_silent_in_its_version_only() -> None:
    assert errors() == []
    assert errors(silent="0", version=(1, 0)) == []
    assert errors(silent="0", version=(1, 2)) == ["the XGBoost container 1.2 does not accept the hyperparameter silent"]


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("num_round", "0", "a whole number of at least 1"),
        ("max_depth", "5.5", "a whole number of at least 0"),
        ("verbosity", "4", "a whole number from 0 to 3"),
        ("eta", "nan", "a number from 0 to 1"),
        ("subsample", "0", "a number greater than 0 and at most 1"),
        ("scale_pos_weight", "0", "a number greater than 0"),
        ("booster", "tree", "one of gbtree, gblinear, dart"),
        ("tree_method", "gpu_hist", "one of auto, exact, approx, hist"),
    ],
)
def test_a_value_that_is_refused_is_named_with_its_rule(name: str, value: str, rule: str) -> None:
    found = hyperparameter_errors({**ABALONE, name: value}, version=None)
    assert list(found) == [f"hyperparameter {name}={value!r}: must be {rule}"]


def test_unknown_names_are_listed_in_one_sentence() -> None:
    assert errors(max_dept="3", foo="1") == [
        "the XGBoost container 1.7 does not accept the hyperparameters max_dept (similar: max_depth), foo"
    ]


def test_what_only_aws_can_do_is_named() -> None:
    assert errors(_kfold="5") == [
        "hyperparameter _kfold requests cross validation, which is not supported on this machine"
    ]


def test_aliases_are_accepted_and_checked() -> None:
    assert errors(learning_rate="0.3", reg_lambda="1") == []
    assert errors(learning_rate="3") == ["hyperparameter eta='3': must be a number from 0 to 1"]


@pytest.mark.parametrize("metrics", ["rmse", "rmse,mae", '["rmse", "mse"]', "error@0.7"])
def test_metrics_are_a_list(metrics: str) -> None:
    assert errors(eval_metric=metrics) == []


def test_combinations_that_the_container_refuses_are_named() -> None:
    assert errors(eval_metric="rmse,foo")[0].startswith("hyperparameter eval_metric='rmse,foo': must be metrics of")
    assert errors(objective="multi:softmax") == ["hyperparameter objective='multi:softmax' requires num_class"]
    assert errors(eval_metric="auc") == [
        "hyperparameter eval_metric='auc' requires an objective binary:... or rank:..., not reg:linear"
    ]
    assert errors(monotone_constraints="(1,0)") == [
        "hyperparameter monotone_constraints requires tree_method exact or hist"
    ]


def test_a_value_that_is_not_known_yet_is_not_checked() -> None:
    assert errors(eta=None, num_round=None) == []
    assert errors(objective="multi:softmax", num_class=None) == []
    assert errors(monotone_constraints="(1,0)", tree_method=None) == []


@pytest.mark.parametrize(
    ("image", "version", "format_"),
    [
        ("sagemaker-xgboost:1.2-2-cpu-py3", (1, 2), "pickle"),
        ("sagemaker-xgboost:0.90-1", (0, 90), "pickle"),
        ("sagemaker-xgboost:1.3-1", (1, 3), "xgboost"),
        ("sagemaker-xgboost:3.2-0", (3, 2), "xgboost"),
        ("sagemaker-xgboost@sha256:0a1.2", None, "xgboost"),
        ("xgboost:1", (0, 72), "pickle"),
    ],
)
def test_the_tag_of_the_image_decides_the_format_of_the_model(
    image: str, version: Version | None, format_: str
) -> None:
    found = image_version(f"683313688378.dkr.ecr.us-east-1.amazonaws.com/{image}")
    assert (found, model_format(found)) == (version, format_)
