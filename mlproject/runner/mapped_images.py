"""The images of a definition, and the interpreters that the user chose for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.definition import job_image, name_hint
from mlproject.errors import UserError
from mlproject.runner.container.images import repository
from mlproject.runner.container.interpreters import Interpreter, image_names
from mlproject.runner.plan import Node


def check_image_names(
    nodes: tuple[Node, ...], arguments: Mapping[str, Mapping[str, Any]], interpreters: Mapping[str, Interpreter]
) -> None:
    """Raise for names of images that no step uses.

    Args:
        nodes: the steps.
        arguments: the arguments of each step's jobs by its name, with parameters resolved.
        interpreters: by image name.

    Raises:
        UserError: there are such names; one line per name.
    """
    images = [image for node in nodes if isinstance(image := job_image(node.job_type, arguments[node.name]), str)]
    known = {name for image in images for name in image_names(image)}
    repositories = sorted({repository(image) for image in images})
    unknown = [
        f"--image {name}: no step uses this image. {name_hint(name, repositories)}"
        for name in interpreters
        if name not in known
    ]
    if unknown:
        raise UserError("\n".join(unknown))
