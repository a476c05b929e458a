"""The addresses of objects."""

from __future__ import annotations

from typing import Any


def accept_line_breaks() -> None:
    """Let the keys of objects contain line breaks, at which moto's pattern of a key ends.

    Call it before the service is created. Unlike the gaps, it cannot be undone after that.
    """
    from moto.core.base_backend import BaseBackend
    from moto.s3.models import S3Backend  # moto takes long to import

    def flask_paths(backend: S3Backend) -> dict[str, Any]:
        paths: dict[str, Any] = BaseBackend.flask_paths.fget(backend)
        return {path.replace('<regex(".+"):key_name>', r'<regex("[\s\S]+"):key_name>'): paths[path] for path in paths}

    S3Backend.flask_paths = property(flask_paths)
