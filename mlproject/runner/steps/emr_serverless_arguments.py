"""The arguments of EMRServerless steps that this machine supports: Spark jobs with a script.

https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StartJobRun.html and
https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-spark.html
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

_SPARK = "sparkSubmit"
_DEFAULTS = "spark-defaults"


def unsupported_serverless_reasons(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield each reason why this machine does not support an EMRServerless step.

    Args:
        arguments: with references to pipeline parameters resolved.
    """
    driver = arguments["JobConfig"]["jobDriver"]
    if _SPARK not in driver:
        yield f"its jobDriver is {', '.join(driver) or 'empty'}; supported: {_SPARK}"
    for each in _configurations(arguments):
        if each["classification"] != _DEFAULTS:
            yield f"its applicationConfiguration has {each['classification']}; supported: {_DEFAULTS}"


def job_arguments(arguments: Mapping[str, Any]) -> list[str]:
    """Return the arguments of a `spark-submit` that runs the job of an EMRServerless step."""
    job = arguments["JobConfig"]["jobDriver"][_SPARK]
    settings = [
        f"{name}={value}"
        for each in _configurations(arguments)
        for name, value in (each.get("properties") or {}).items()
    ]
    return [
        *(word for setting in settings for word in ("--conf", setting)),
        *shlex.split(str(job.get("sparkSubmitParameters") or "")),
        str(job["entryPoint"]),
        *map(str, job.get("entryPointArguments") or ()),
    ]


def _configurations(arguments: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    overrides = arguments["JobConfig"].get("configurationOverrides") or {}
    return list(overrides.get("applicationConfiguration") or ())
