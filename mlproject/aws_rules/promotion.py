"""The objects that a promotion reads and writes, below the folder of a project's pipeline in its artifacts bucket."""

from __future__ import annotations

# Folders of objects that never expire: models, and what registered models refer to (pipeline_builder/steps.py).
MODELS = "models"
RECORDS = "records"
# Where promoted models and their files are, each below the SHA-256 of its content.
PROMOTED = "promoted"


def readable_prefixes(folder: str) -> tuple[str, ...]:
    """Return the prefixes of the objects that other environments may read. Promoted models can be promoted again.

    Args:
        folder: the folder of the pipeline.
    """
    return tuple(f"{folder}/{part}/" for part in (MODELS, RECORDS, PROMOTED))


def promoted_prefix(folder: str) -> str:
    """Return the prefix below which promoted objects are written."""
    return f"{folder}/{PROMOTED}/"
