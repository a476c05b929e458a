"""The arguments of EMR steps that this machine supports: `spark-submit`, run by command-runner.jar.

https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-commandrunner.html and
https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-submit-step.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_RUNNER = "command-runner.jar"
_PROGRAM = "spark-submit"


def unsupported_emr_reasons(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield each reason why this machine does not support an EMR step.

    Args:
        arguments: with references to pipeline parameters resolved.
    """
    config = arguments["StepConfig"]["HadoopJarStep"]
    if config["Jar"] != _RUNNER:
        yield f"its Jar is {config['Jar']!r}; supported: {_RUNNER}"
    elif not config.get("Args") or config["Args"][0] != _PROGRAM:
        yield f"it does not run {_PROGRAM}; supported: {_RUNNER} with the Args {_PROGRAM}, its options and a script"
    for name in ("MainClass", "Properties"):
        if config.get(name):
            yield f"its {name} has no meaning for {_PROGRAM}"
    if "ExecutionRoleArn" in arguments:
        yield "it has an ExecutionRoleArn: here, a step runs with the role of the cluster's nodes"


def submit_arguments(arguments: Mapping[str, Any]) -> list[str]:
    """Return the arguments of an EMR step's `spark-submit`."""
    return [str(each) for each in arguments["StepConfig"]["HadoopJarStep"]["Args"][1:]]
