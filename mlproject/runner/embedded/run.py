"""Run a pipeline that is deployed in the embedded AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.runner.container.isolation import Isolation
from mlproject.runner.embedded.services import EmbeddedAws
from mlproject.runner.execution import Observer, run_pipeline
from mlproject.runner.parameters import Scalar, parameter_values
from mlproject.runner.results import RunResult
from mlproject.runner.storage.cache import Cache
from mlproject.runner.storage.object_store import UnreachableError
from mlproject.runner.storage.run_folders import CACHE, RUNS, marked_as_running, settle_killed_runs


def run_deployed_pipeline(
    *,
    aws: EmbeddedAws,
    name: str,
    parameters: Mapping[str, Scalar],
    defaults: Mapping[str, Scalar],
    folder: Path,
    reuse: bool = True,
    observer: Observer = lambda _: None,
    isolation: Isolation | None = None,
) -> RunResult:
    """Read a deployed definition back, start its execution, run it here, record it.

    If the embedded AWS reports permissions instead of enforcing them, every step runs, whatever earlier runs made.

    Args:
        aws: the embedded AWS.
        name: the pipeline's name in AWS.
        parameters: values of pipeline parameters.
        defaults: values for parameters that the definition happens to have and that are not given, such as Commit.
        folder: keeps `runs/` (a folder per execution) and `cache/`.
        reuse: take results of earlier runs.
        observer: called whenever a step starts or ends.
        isolation: how a step's process gets its /opt/ml; None for the best that this machine allows.

    Raises:
        UserError: the pipeline is not deployed, a parameter or the definition is refused, the role may not be used.
    """
    pipeline = aws.describe_pipeline(name)
    declared = {parameter["Name"] for parameter in pipeline.definition.get("Parameters", [])}
    given = {**{key: value for key, value in defaults.items() if key in declared}, **parameters}
    values = parameter_values(pipeline.definition, given)
    aws.check_role(pipeline.role_arn)  # a role that cannot be used is said before anything starts
    settle_killed_runs(folder / RUNS, lambda arn: _settle(aws, arn))
    arn = aws.start_execution(name, {key: values[key] for key in given})
    aws.record(arn, "Executing", None, ())  # from here on, the pipeline is not deleted under the run
    run_folder = folder / RUNS / arn.rpartition("/")[2]
    # A report is of everything that steps do, so all of them run; what came of calls that AWS refuses is not kept.
    reports = aws.permissions == "report"
    with marked_as_running(run_folder, arn):
        try:
            result = run_pipeline(
                definition=pipeline.definition,
                parameters=given,
                services=aws,
                execution_arn=arn,
                role_arn=pipeline.role_arn,
                folder=run_folder,
                cache=Cache(folder / CACHE, reuse=reuse and not reports, keeps=not reports),
                observer=observer,
                isolation=isolation,
                parallel=pipeline.parallel,
            )
        except UnreachableError:
            raise
        except UserError as error:
            aws.record(arn, "Failed", str(error), ())
            raise
    return replace(result, missing=aws.missing()) if reports else result


def _settle(aws: EmbeddedAws, arn: str) -> None:
    """Record that a killed run's execution has stopped; one that a new server does not know is forgotten."""
    try:
        aws.record(arn, "Stopped", "the process that ran it was killed", ())
    except UnreachableError:
        raise
    except UserError:
        return
