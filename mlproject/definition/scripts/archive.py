"""Package the training code as the tar.gz that SageMaker's containers expect."""

from __future__ import annotations

from pathlib import Path

from mlproject.archives import reproducible_archive
from mlproject.errors import UserError


def training_archive(folder: Path, *, script: str = "train.py") -> bytes:
    """Return the script of a training step as a reproducible tar.gz.

    Args:
        folder: the pipeline's folder.
        script: the file in steps/ that the container runs.

    Raises:
        UserError: the script is missing.
    """
    path = folder / "steps" / script
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}). The training step runs it.") from error
    return reproducible_archive({script: data})
