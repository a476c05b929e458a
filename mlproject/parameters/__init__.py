"""The parameters of all projects and environments: YAML files in, checked and frozen values out."""

from mlproject.parameters.finding import Finding, ParametersError
from mlproject.parameters.loading import load
from mlproject.parameters.model import (
    Deployment,
    Environment,
    ImportedNetwork,
    NewNetwork,
    Pipeline,
    Scalar,
    Storage,
)
from mlproject.parameters.platform import Platform

__all__ = [
    "Deployment",
    "Environment",
    "Finding",
    "ImportedNetwork",
    "NewNetwork",
    "ParametersError",
    "Pipeline",
    "Platform",
    "Scalar",
    "Storage",
    "load",
]
