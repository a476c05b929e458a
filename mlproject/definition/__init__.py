"""Read, check, fill and build a pipeline's definition. Reading and filling require neither the SDK nor AWS."""

from mlproject.definition.cluster_instances import ClusterInstances, cluster_instances
from mlproject.definition.comparison import definition_difference
from mlproject.definition.document import (
    Definition,
    Scalar,
    fn_sub_string,
    parameter_value,
    pipeline_names,
    read_definition,
)
from mlproject.definition.graph import (
    branch_names,
    branches_of,
    dependencies,
    every_step,
    job_arguments,
    own_arguments,
    references,
    steps_of,
)
from mlproject.definition.images.aws_images import image_regions, published_images, registry_hosts
from mlproject.definition.images.check_images import check_image_values
from mlproject.definition.images.checks import deployed_images, pulled_repositories
from mlproject.definition.images.step_images import job_image
from mlproject.definition.images.uris import Repository, image_problem, image_repositories
from mlproject.definition.job_instances import JobInstances, job_instances
from mlproject.definition.parameter_uses import RefusedValue, refused_values
from mlproject.definition.placeholders import (
    LIST_SEPARATOR,
    LISTS,
    REGISTRIES,
    asset_placeholders,
    fill_placeholders,
    name_hint,
    used_placeholders,
    validate_literal,
)
from mlproject.definition.resources.deployed_step import Location
from mlproject.definition.resources.step_resources import StepResources, step_resources
from mlproject.definition.scripts.archive import training_archive
from mlproject.definition.scripts.step_scripts import submits_scripts, submitted_directories
from mlproject.definition.spark_engine import spark_scripts, with_engine
from mlproject.definition.step_application import APPLICATION_ID, APPLICATION_PLACEHOLDERS, application_values
from mlproject.definition.step_cluster import CLUSTER_PLACEHOLDERS, cluster_role_arns
from mlproject.definition.validate import check_definition

__all__ = [
    "APPLICATION_ID",
    "APPLICATION_PLACEHOLDERS",
    "CLUSTER_PLACEHOLDERS",
    "LISTS",
    "LIST_SEPARATOR",
    "REGISTRIES",
    "ClusterInstances",
    "Definition",
    "JobInstances",
    "Location",
    "RefusedValue",
    "Repository",
    "Scalar",
    "StepResources",
    "application_values",
    "asset_placeholders",
    "branch_names",
    "branches_of",
    "check_definition",
    "check_image_values",
    "cluster_instances",
    "cluster_role_arns",
    "definition_difference",
    "dependencies",
    "deployed_images",
    "every_step",
    "fill_placeholders",
    "fn_sub_string",
    "image_problem",
    "image_regions",
    "image_repositories",
    "job_arguments",
    "job_image",
    "job_instances",
    "name_hint",
    "own_arguments",
    "parameter_value",
    "pipeline_names",
    "published_images",
    "pulled_repositories",
    "read_definition",
    "references",
    "refused_values",
    "registry_hosts",
    "spark_scripts",
    "step_resources",
    "steps_of",
    "submits_scripts",
    "submitted_directories",
    "training_archive",
    "used_placeholders",
    "validate_literal",
    "with_engine",
]
