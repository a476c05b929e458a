"""Package the training code as the tar.gz that SageMaker's containers expect, with reproducible bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

from mlproject.errors import UserError


def training_archive(folder: Path, *, script: str = "train.py") -> bytes:
    """Return the script of a training step as a reproducible tar.gz: no times, no owners, one mode, no compression.

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
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        entry = tarfile.TarInfo(script)
        entry.size, entry.mode, entry.mtime = len(data), 0o644, 0
        tar.addfile(entry, io.BytesIO(data))
    return _gzip_uncompressed(packed.getvalue())


def _gzip_uncompressed(data: bytes) -> bytes:
    """Wrap data in gzip without compression, since compressed bytes differ between versions of zlib and of Python."""
    target = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=0, mtime=0) as file:
        file.write(data)
    return target.getvalue()
