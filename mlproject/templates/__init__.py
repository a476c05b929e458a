"""The files of a new project, from templates: project.yaml, a pipeline and its data set."""

from mlproject.templates.creation import create_pipeline, create_project
from mlproject.templates.definition import build_template, is_template_current
from mlproject.templates.project import NewProject, OwnData, Stage

__all__ = [
    "NewProject",
    "OwnData",
    "Stage",
    "build_template",
    "create_pipeline",
    "create_project",
    "is_template_current",
]
