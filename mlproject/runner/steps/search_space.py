"""The hyperparameter ranges of a Tuning step, as positions from 0 to 1 that map to values.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SCALINGS = ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic")


@dataclass(frozen=True, kw_only=True)
class NumericRange:
    """The range of an integer or continuous hyperparameter.

    Args:
        name: name of the hyperparameter.
        low: the smallest value.
        high: the largest value.
        scaling: one of SCALINGS. AWS chooses the scaling of Auto; here it is linear.
        is_integer: whether only whole numbers are allowed.
    """

    name: str
    low: float
    high: float
    scaling: str
    is_integer: bool

    def value(self, position: float) -> str:
        """Return the value at a position from 0 to 1, as a training job receives it."""
        value = self._scaled(position)
        return str(round(value)) if self.is_integer else repr(value)

    def _scaled(self, position: float) -> float:
        low, high = self.low, self.high
        if self.scaling == "Logarithmic":
            return float(math.exp(math.log(low) + position * (math.log(high) - math.log(low))))
        if self.scaling == "ReverseLogarithmic":
            return float(1 - math.exp(math.log(1 - low) + position * (math.log(1 - high) - math.log(1 - low))))
        return low + position * (high - low)

    def problem(self) -> str | None:
        """Return why the range is not valid, or None."""
        if self.scaling not in SCALINGS:
            return f"range {self.name} has ScalingType {self.scaling}; supported: {', '.join(SCALINGS)}"
        if self.low > self.high:
            return f"range {self.name} is inverted: MinValue {self.low:g} exceeds MaxValue {self.high:g}"
        if self.scaling == "Logarithmic" and self.low <= 0:
            return f"range {self.name} has a logarithmic scaling, which requires a MinValue above 0"
        if self.scaling == "ReverseLogarithmic" and not 0 <= self.low <= self.high < 1:
            return f"range {self.name} has a reverse logarithmic scaling, which requires values from 0 to below 1"
        return None


@dataclass(frozen=True, kw_only=True)
class CategoricalRange:
    """The choices of a categorical hyperparameter.

    Args:
        name: name of the hyperparameter.
        values: the choices.
    """

    name: str
    values: tuple[str, ...]

    def value(self, position: float) -> str:
        """Return the choice at a position from 0 to 1."""
        return self.values[min(int(position * len(self.values)), len(self.values) - 1)]

    def problem(self) -> str | None:
        """Return why the range is not valid, or None."""
        return None if self.values else f"range {self.name} has no values"


Range = NumericRange | CategoricalRange


def read_ranges(config: Mapping[str, Any]) -> tuple[Range, ...]:
    """Return the ranges of a HyperParameterTuningJobConfig.

    Raises:
        KeyError: a range lacks a key.
        ValueError: a limit is not a number.
    """
    return tuple(_ranges(config.get("ParameterRanges") or {}))


def _ranges(ranges: Mapping[str, Any]) -> Iterator[Range]:
    for key, is_integer in (("IntegerParameterRanges", True), ("ContinuousParameterRanges", False)):
        for each in ranges.get(key) or ():
            yield NumericRange(
                name=each["Name"],
                low=float(each["MinValue"]),
                high=float(each["MaxValue"]),
                scaling=each.get("ScalingType", "Auto"),
                is_integer=is_integer,
            )
    for each in ranges.get("CategoricalParameterRanges") or ():
        yield CategoricalRange(name=each["Name"], values=tuple(map(str, each["Values"])))
