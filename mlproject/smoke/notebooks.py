"""The status of the notebook instances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import Deployment

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html (NotebookInstanceStatus)
_USABLE = {"InService": "is in service", "Stopped": "is stopped, as idle instances are"}
_CHANGING = frozenset({"Pending", "Stopping", "Updating"})


def check_notebooks(deployment: Deployment, client: Callable[[str], Any]) -> Iterator[Outcome]:
    """Check that each notebook instance exists and has not failed."""
    for notebook in deployment.notebooks:
        yield _check_notebook(deployment.names.notebook(notebook.name), deployment, client("sagemaker"))


def _check_notebook(name: str, deployment: Deployment, sagemaker: Any) -> Outcome:
    try:
        found = sagemaker.describe_notebook_instance(NotebookInstanceName=name)
    except ClientError as error:
        if "RecordNotFound" not in str(error) and "does not exist" not in str(error):
            raise
        deploy = f"mlproject deploy {deployment.project} --environment {deployment.environment.name}"
        return problem("notebook", f"{name} does not exist", f"run `{deploy}`")
    status = str(found["NotebookInstanceStatus"])
    if status in _USABLE:
        return ok("notebook", f"{name} {_USABLE[status]}")
    if status in _CHANGING:
        return warning("notebook", f"{name} is {status}", "run it again in a few minutes")
    reason = found.get("FailureReason") or "SageMaker gives no reason"
    return problem(
        "notebook",
        f"{name} is {status}: {reason}",
        f"the log /aws/sagemaker/NotebookInstances, stream {name}/..., shows its lifecycle script",
    )
