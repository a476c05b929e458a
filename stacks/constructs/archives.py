"""Archives that are assets, as files of the cloud assembly."""

from __future__ import annotations

import hashlib
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from mlproject.files import write_atomically


def write_archive(scope: Construct, content: bytes) -> Path:
    """Write a tar.gz to the cloud assembly, named after its hash, and return its path.

    CDK's own archives are zip files.

    Args:
        scope: a construct of the app.
        content: the bytes of the archive.
    """
    root = cdk.App.of(scope)
    path = Path(root.outdir if root else ".") / f"{hashlib.sha256(content).hexdigest()}.tar.gz"
    if not path.exists():
        write_atomically(path, content)
    return path
