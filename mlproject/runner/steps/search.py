"""Search strategies of a Tuning step: random, grid and Bayesian.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Protocol

from mlproject.runner.steps.search_space import CategoricalRange, Range

STRATEGIES = ("Bayesian", "Grid", "Random")
# https://docs.aws.amazon.com/general/latest/gr/sagemaker.html (training jobs of a random search)
TRIALS_LIMIT = 10_000


class Search(Protocol):
    """Suggests the hyperparameters of the next trials."""

    def suggest(self, count: int) -> list[dict[str, str]]:
        """Return the hyperparameters of up to `count` trials."""

    def report(self, values: Mapping[str, str], objective: float) -> None:
        """Report the objective of a finished trial; larger is better."""


def grid_size(ranges: Sequence[Range]) -> int:
    """Return the number of combinations of categorical ranges."""
    return math.prod(len(each.values) for each in ranges if isinstance(each, CategoricalRange))


def create_search(strategy: str, ranges: Sequence[Range], *, seed: int) -> Search:
    """Return a search. The same seed and objectives give the same suggestions.

    Args:
        strategy: one of STRATEGIES.
        ranges: the valid ranges.
        seed: seed of the random numbers.
    """
    if strategy == "Grid":
        return _GridSearch([each for each in ranges if isinstance(each, CategoricalRange)])
    return _BayesianSearch(ranges, seed) if strategy == "Bayesian" else _RandomSearch(ranges, seed)


class _RandomSearch:
    def __init__(self, ranges: Sequence[Range], seed: int) -> None:
        self._ranges, self._random = ranges, random.Random(seed)  # noqa: S311 (not for secrets)

    def suggest(self, count: int) -> list[dict[str, str]]:
        return [{each.name: each.value(self._random.random()) for each in self._ranges} for _ in range(count)]

    def report(self, values: Mapping[str, str], objective: float) -> None:
        """Random suggestions do not depend on results."""


class _GridSearch:
    def __init__(self, ranges: Sequence[CategoricalRange]) -> None:
        names = [each.name for each in ranges]
        combinations = product(*(each.values for each in ranges))
        self._remaining = [dict(zip(names, combination, strict=True)) for combination in combinations]

    def suggest(self, count: int) -> list[dict[str, str]]:
        suggested, self._remaining = self._remaining[:count], self._remaining[count:]
        return suggested

    def report(self, values: Mapping[str, str], objective: float) -> None:
        """A grid does not depend on results."""


class _BayesianSearch:
    """A Gaussian process over the positions of the ranges, from the library bayesian-optimization."""

    def __init__(self, ranges: Sequence[Range], seed: int) -> None:
        from bayes_opt import BayesianOptimization

        self._ranges = ranges
        self._model: Any = BayesianOptimization(
            f=None,
            pbounds={each.name: (0.0, 1.0) for each in ranges},
            random_state=seed,
            verbose=0,
        )
        self._random = random.Random(seed)  # noqa: S311 (not for secrets)
        self._positions: dict[tuple[tuple[str, str], ...], dict[str, float]] = {}
        # The library rejects a point that is registered twice.
        self._reported: set[tuple[tuple[str, str], ...]] = set()

    def suggest(self, count: int) -> list[dict[str, str]]:
        suggested = []
        for _ in range(count):
            positions = {name: float(position) for name, position in self._model.suggest().items()}
            values = self._values(positions)
            if tuple(values.items()) in self._positions:
                # Nothing was reported since the last suggestion, or the optimum is known: explore elsewhere.
                positions = {each.name: self._random.random() for each in self._ranges}
                values = self._values(positions)
            self._positions[tuple(values.items())] = positions
            suggested.append(values)
        return suggested

    def report(self, values: Mapping[str, str], objective: float) -> None:
        positions = self._positions[tuple(values.items())]
        if tuple(values.items()) not in self._reported:
            self._reported.add(tuple(values.items()))
            self._model.register(positions, objective)

    def _values(self, positions: Mapping[str, float]) -> dict[str, str]:
        return {each.name: each.value(positions[each.name]) for each in self._ranges}
