"""Read, check, fill and build a pipeline's definition. Reading and filling require neither the SDK nor AWS."""

from mlproject.definition.archive import training_archive
from mlproject.definition.check_images import check_image_values
from mlproject.definition.document import (
    Definition,
    Scalar,
    fn_sub_string,
    parameter_value,
    pipeline_names,
    read_definition,
)
from mlproject.definition.graph import (
    branches_of,
    dependencies,
    every_step,
    job_arguments,
    own_arguments,
    references,
    steps_of,
)
from mlproject.definition.images import Images, image_regions, region_images
from mlproject.definition.own_images import Repository, own_repositories
from mlproject.definition.parameter_uses import RefusedValue, refused_values
from mlproject.definition.placeholders import (
    LIST_SEPARATOR,
    LISTS,
    asset_placeholders,
    fill_placeholders,
    used_placeholders,
    validate_literal,
)
from mlproject.definition.step_arns import Location
from mlproject.definition.step_resources import StepResources, step_resources
from mlproject.definition.step_scripts import submitted_directories
from mlproject.definition.validate import check_definition

__all__ = [
    "LISTS",
    "LIST_SEPARATOR",
    "Definition",
    "Images",
    "Location",
    "RefusedValue",
    "Repository",
    "Scalar",
    "StepResources",
    "asset_placeholders",
    "branches_of",
    "check_definition",
    "check_image_values",
    "dependencies",
    "every_step",
    "fill_placeholders",
    "fn_sub_string",
    "image_regions",
    "job_arguments",
    "own_arguments",
    "own_repositories",
    "parameter_value",
    "pipeline_names",
    "read_definition",
    "references",
    "refused_values",
    "region_images",
    "step_resources",
    "steps_of",
    "submitted_directories",
    "training_archive",
    "used_placeholders",
    "validate_literal",
]
