"""Load and validate the parameters of all projects and environments from YAML files into frozen values."""

from mlproject.parameters.approval_pipeline import ApprovalPipeline
from mlproject.parameters.findings import Finding, InvalidValueError, ParametersError
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.emr_fleet import Fleet
from mlproject.parameters.input_models.emr_serverless import EmrServerless
from mlproject.parameters.input_models.environment_file import EnvironmentFile
from mlproject.parameters.input_models.existing_data import Athena, ExistingBucket, ExistingData
from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter
from mlproject.parameters.input_models.gitlab import GitLab
from mlproject.parameters.input_models.hours import Hours
from mlproject.parameters.input_models.json_file import locate_json, read_json
from mlproject.parameters.input_models.library_lists import list_files, read_list
from mlproject.parameters.input_models.notebook import GitIdentity, Notebook, Repository
from mlproject.parameters.input_models.operations import Operations, Schedule
from mlproject.parameters.input_models.replacements import AllowedReplacement
from mlproject.parameters.input_models.requirement_lines import RequirementLine, parse_requirement_lines
from mlproject.parameters.input_models.serving import BatchTransform, Endpoint, Serving
from mlproject.parameters.loader import load_parameters, load_valid_parameters
from mlproject.parameters.model import (
    Deployment,
    Environment,
    ImportedNetwork,
    NewNetwork,
    Pipeline,
    Scalar,
    Storage,
)
from mlproject.parameters.network_lock import LockedNetwork, changed_networks, read_lock, write_lock
from mlproject.parameters.platform import InvalidProject, Platform

__all__ = [
    "AllowedReplacement",
    "ApprovalPipeline",
    "Athena",
    "BatchTransform",
    "Deployment",
    "Emr",
    "EmrServerless",
    "Endpoint",
    "Environment",
    "EnvironmentFile",
    "ExistingBucket",
    "ExistingData",
    "Finding",
    "Fleet",
    "FrozenModel",
    "GitIdentity",
    "GitLab",
    "Hours",
    "ImportedNetwork",
    "InvalidProject",
    "InvalidValueError",
    "LockedNetwork",
    "MatchesPattern",
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
    "Serving",
    "Storage",
    "changed_networks",
    "list_files",
    "load_parameters",
    "load_valid_parameters",
    "locate_json",
    "parameter",
    "parse_requirement_lines",
    "read_json",
    "read_list",
    "read_lock",
    "write_lock",
]
