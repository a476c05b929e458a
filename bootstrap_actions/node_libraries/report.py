"""The report of a node in S3, one line, which `mlproject cluster status` shows."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path

from libraries.failure import last_line
from libraries.processes import run_aws
from libraries.settings import REPORTS_URI, STATE

# EMR writes it at the start of an instance, with the id of the cluster.
_CLUSTER = Path("/mnt/var/lib/info/job-flow.json")


def write_report(state: str, message: str) -> None:
    """Write the report. If that fails, the log of the bootstrap action says why, since there is no other place.

    Args:
        state: `installed` or `failed`.
        message: what was installed, or the reason of the failure.
    """
    text = " ".join(f"{state} {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {message}".split())
    print(f"mlproject: {text}", flush=True)
    try:
        cluster = json.loads(_CLUSTER.read_text())["jobFlowId"]
    except (OSError, ValueError, KeyError) as error:
        print(f"mlproject: no report in S3, since {_CLUSTER} does not contain the id of the cluster: {error!r}")
        return
    file = STATE / "report.txt"
    file.write_text(text + "\n")
    bucket, _, prefix = REPORTS_URI[len("s3://") :].partition("/")
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
    key = f"{prefix}/{cluster}/libraries/{host}.txt"
    done = run_aws(
        *("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file),
        *("--content-type", "text/plain; charset=utf-8"),
    )
    if done.returncode:
        print(f"mlproject: cannot write s3://{bucket}/{key}: {last_line(done.stderr)}", flush=True)
