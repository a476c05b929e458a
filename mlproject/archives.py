"""Archives with reproducible bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping


def reproducible_archive(files: Mapping[str, bytes]) -> bytes:
    """Return a tar.gz of files, in order of their names: no times, no owners, one mode, no compression.

    Args:
        files: path in the archive to content.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, 0
            tar.addfile(entry, io.BytesIO(data))
    return _gzip_uncompressed(packed.getvalue())


def _gzip_uncompressed(data: bytes) -> bytes:
    """Wrap data in gzip without compression, since compressed bytes differ between versions of zlib and of Python."""
    target = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=0, mtime=0) as file:
        file.write(data)
    return target.getvalue()
