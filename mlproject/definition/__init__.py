"""A pipeline's definition: read, checked, filled and built. Reading and filling need neither the SDK nor AWS."""

from mlproject.definition.archive import training_archive
from mlproject.definition.document import (
    Definition,
    Scalar,
    parameter_value,
    pipeline_names,
    read,
    substitution,
)
from mlproject.definition.graph import branches_of, dependencies, own_arguments, references, steps_of
from mlproject.definition.images import Images, image_regions, images
from mlproject.definition.parameter_uses import RefusedValue, refused_values
from mlproject.definition.placeholders import (
    LIST_SEPARATOR,
    LISTS,
    asset_placeholders,
    fill,
    literal,
    used_placeholders,
)
from mlproject.definition.validate import check

__all__ = [
    "LISTS",
    "LIST_SEPARATOR",
    "Definition",
    "Images",
    "RefusedValue",
    "Scalar",
    "asset_placeholders",
    "branches_of",
    "check",
    "dependencies",
    "fill",
    "image_regions",
    "images",
    "literal",
    "own_arguments",
    "parameter_value",
    "pipeline_names",
    "read",
    "references",
    "refused_values",
    "steps_of",
    "substitution",
    "training_archive",
    "used_placeholders",
]
