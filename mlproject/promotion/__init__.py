"""Copy an approved model of a project from one environment into another, across accounts."""

from mlproject.promotion.artifacts import MissingObjectError, hash_content
from mlproject.promotion.lineage import PROMOTED_FROM
from mlproject.promotion.plan import Promotion, Side
from mlproject.promotion.promote import Promoted, promote_model

__all__ = [
    "PROMOTED_FROM",
    "MissingObjectError",
    "Promoted",
    "Promotion",
    "Side",
    "hash_content",
    "promote_model",
]
