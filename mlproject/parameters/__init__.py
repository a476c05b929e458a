"""The parameters of all projects and environments: YAML files in, checked and frozen values out."""

from mlproject.parameters.finding import Finding, ParametersError
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.existing_data import Athena, ExistingBucket, ExistingData
from mlproject.parameters.input_models.notebook import Notebook, Repository
from mlproject.parameters.input_models.operations import Operations, Schedule
from mlproject.parameters.input_models.requirement_lines import RequirementLine, requirement_lines
from mlproject.parameters.loading import load, load_valid
from mlproject.parameters.model import (
    Deployment,
    Environment,
    ImportedNetwork,
    NewNetwork,
    Pipeline,
    Scalar,
    Storage,
)
from mlproject.parameters.network_lock import LockedNetwork, moved_networks, read_lock, write_lock
from mlproject.parameters.platform import LeftOut, Platform

__all__ = [
    "Athena",
    "Deployment",
    "Emr",
    "Environment",
    "ExistingBucket",
    "ExistingData",
    "Finding",
    "ImportedNetwork",
    "LeftOut",
    "LockedNetwork",
    "NewNetwork",
    "Notebook",
    "Operations",
    "ParametersError",
    "Pipeline",
    "Platform",
    "Repository",
    "RequirementLine",
    "Scalar",
    "Schedule",
    "Storage",
    "load",
    "load_valid",
    "moved_networks",
    "read_lock",
    "requirement_lines",
    "write_lock",
]
