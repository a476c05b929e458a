"""Run SageMaker pipeline definitions on this machine.

`run_deployed_pipeline(aws=EmbeddedAws(...), ...)` runs a pipeline that is deployed in the embedded AWS, and records it
there. `run_definition_file(file=..., code=...)` runs a definition file that is deployed nowhere. Both call
`run_pipeline`. `run_on_aws(...)` starts a pipeline that is deployed in AWS and follows it. The result contains the
status, the outputs, the log and the property files of every step.

Names that need botocore are imported on first use, so that a run without AWS does not import it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mlproject.runner.checks import supported_features
from mlproject.runner.container.interpreters import Interpreter, read_interpreter
from mlproject.runner.container.isolation import ISOLATIONS, Isolation, default_isolation, isolation_problem
from mlproject.runner.embedded.denials import PERMISSIONS, MissingPermission, Permissions
from mlproject.runner.execution import run_pipeline
from mlproject.runner.local_file import run_definition_file
from mlproject.runner.results import Observer, RunResult, StepResult
from mlproject.runner.script_aws import AwsConnection
from mlproject.runner.services import FolderServices, Services
from mlproject.runner.spark import Spark
from mlproject.runner.stand_ins import read_stand_in
from mlproject.runner.storage.object_store import UnreachableError

if TYPE_CHECKING:
    from mlproject.runner.aws import run_on_aws
    from mlproject.runner.embedded.role_credentials import role_credentials
    from mlproject.runner.embedded.run import run_deployed_pipeline
    from mlproject.runner.embedded.services import EmbeddedAws

_LAZY = {
    "EmbeddedAws": "mlproject.runner.embedded.services",
    "role_credentials": "mlproject.runner.embedded.role_credentials",
    "run_deployed_pipeline": "mlproject.runner.embedded.run",
    "run_on_aws": "mlproject.runner.aws",
}

__all__ = [
    "ISOLATIONS",
    "PERMISSIONS",
    "AwsConnection",
    "EmbeddedAws",
    "FolderServices",
    "Interpreter",
    "Isolation",
    "MissingPermission",
    "Observer",
    "Permissions",
    "RunResult",
    "Services",
    "Spark",
    "StepResult",
    "UnreachableError",
    "default_isolation",
    "isolation_problem",
    "read_interpreter",
    "read_stand_in",
    "role_credentials",
    "run_definition_file",
    "run_deployed_pipeline",
    "run_on_aws",
    "run_pipeline",
    "supported_features",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
