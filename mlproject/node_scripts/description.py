"""What the tools on a notebook instance know about it: the description in the archive of the tools."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from mlproject.aws_rules.notebook_resources import LOG_GROUP, metric_namespace
from mlproject.aws_rules.partitions import partition_of
from mlproject.aws_rules.prices import price
from mlproject.node_scripts.kernel_variables import kernel_variables
from mlproject.node_scripts.settings import (
    keep_alive_key,
    kernel_name,
    kernel_title,
    livy_parameter,
    livy_role,
    work_uri,
)
from mlproject.parameters import Deployment, Notebook

# Our limit: a script that still runs after ten minutes has no end, and people wait for its result.
START_SCRIPT_MINUTES = 10.0
_REFRESH_SECONDS = 60.0
# https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html and AWS's pages on each partition
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def notebook_files(
    deployment: Deployment,
    *,
    start_script_minutes: float = START_SCRIPT_MINUTES,
    refresh_seconds: float = _REFRESH_SECONDS,
) -> dict[str, bytes]:
    """Return the files for the archive of the tools by path: descriptions, start scripts, examples, certificates.

    Args:
        deployment: the project in an environment.
        start_script_minutes: minutes after which a start script is stopped.
        refresh_seconds: seconds between two updates of START HERE and of the logs in CloudWatch.
    """
    found: dict[str, bytes] = {}
    certificates = [each for each in (deployment.environment.ca_certificates, deployment.cluster_certificate) if each]
    if certificates:
        found["certificates.pem"] = "\n".join(certificates).encode()
    for name, text in deployment.example_notebooks.items():
        found[f"examples/{name}"] = text.encode()
    for notebook in deployment.notebooks:
        folder = f"notebooks/{deployment.names.notebook(notebook.name)}"
        described = notebook_description(
            deployment, notebook, start_script_minutes=start_script_minutes, refresh_seconds=refresh_seconds
        )
        found[f"{folder}/description.json"] = json.dumps(described, indent=1, sort_keys=True).encode()
        if notebook.start_script_text is not None:
            found[f"{folder}/start_script.sh"] = notebook.start_script_text.encode()
    return found


def notebook_description(
    deployment: Deployment, notebook: Notebook, *, start_script_minutes: float, refresh_seconds: float
) -> dict[str, Any]:
    """Return what the tools know about a notebook, as JSON. See `notebook_files` for the arguments."""
    names, environment = deployment.names, deployment.environment
    identity, index = notebook.git_identity, environment.library_index
    return {
        "project": deployment.project,
        "environment": environment.name,
        "notebook": notebook.name,
        "instance": names.notebook(notebook.name),
        "region": environment.region,
        "language": notebook.language,
        "variables": kernel_variables(deployment),
        "kernel": kernel_name(notebook),
        "kernel_title": kernel_title(deployment, notebook),
        "data_bucket": names.bucket("data"),
        "artifacts_bucket": names.bucket("artifacts"),
        "console": _CONSOLES.get(partition_of(environment.region)),
        "instance_type": notebook.instance_type,
        "volume_gb": notebook.volume_gb,
        "price": _hourly_price(notebook.instance_type, region=environment.region),
        "idle_minutes": notebook.idle_minutes,
        "timezone": notebook.timezone,
        "hours": notebook.hours.model_dump() if notebook.hours else None,
        "work": work_uri(deployment, notebook),
        "keep_alive_key": keep_alive_key(notebook),
        "livy_parameter": livy_parameter(deployment, notebook),
        **({"livy_role": role} if (role := livy_role(deployment, notebook)) else {}),
        "log_group": LOG_GROUP,
        "metric_namespace": metric_namespace(deployment),
        "proxy": environment.proxy,
        # The index is reachable from the network, without the proxy.
        "direct_hosts": [host] if index and (host := urlsplit(index).hostname) else [],
        "git_identity": identity.model_dump() if identity else None,
        "start_script": {"path": notebook.start_script, "minutes": start_script_minutes}
        if notebook.start_script
        else None,
        "refresh_seconds": refresh_seconds,
    }


def _hourly_price(instance_type: str, *, region: str) -> dict[str, str] | None:
    found = price(f"notebook/{instance_type}", region=region)
    return {"usd": str(found.usd), "date": found.date} if found else None
