"""Send the logs of the tools to CloudWatch, in the log group of SageMaker's notebooks, and count failed installations.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html: a batch has at most 10,000
events and 1,048,576 bytes, each event with 26 bytes of its own.
"""

import json
import tempfile
import time
from pathlib import Path

from mlproject_notebook.files import write_in_any_case
from mlproject_notebook.instance import STATE, aws, log, read_json, write_setup
from mlproject_notebook.status import read_recorded_libraries

_FILES = {
    "start": Path("/var/log/mlproject.log"),
    "libraries": STATE / "libraries.log",
    "work": STATE / "work.log",
    "start script": STATE / "start-script.log",
}
_SENT = STATE / "log-offsets.json"
_REPORTED = STATE / "failure-reported.json"
# Our limits, below those of CloudWatch. A longer log is shortened, since logs cost money and nobody reads megabytes.
_BYTES_PER_FILE = 100_000
_LINE_LIMIT = 2_000
_MISSING_STREAM = ("ResourceNotFoundException", "does not exist")


class Logs:
    """Stream of this instance in CloudWatch.

    Args:
        description: what the deployment wrote about the instance.
    """

    def __init__(self, description):
        self._group = description["log_group"]
        self._stream = f"{description['instance']}/mlproject"
        self._namespace = description["metric_namespace"]
        self._problems = {}

    def send(self):
        """Send the new lines. A failure is logged once, and the lines are sent in the next round."""
        offsets = read_json(_SENT)
        lines, new_offsets = _new_lines(offsets)
        if not lines:
            return
        try:
            self._put(lines)
        except OSError as error:
            self._record("send", f"the logs cannot be sent to CloudWatch: {error}")
            return
        self._record("send", None)
        write_in_any_case(_SENT, json.dumps(new_offsets))

    def count_failure(self):
        """Count a failed installation once, in the metric of the project's alarm."""
        recorded = read_recorded_libraries()
        failure = {"message": recorded.get("message"), "since": recorded.get("since")}
        if recorded.get("state") != "failed" or read_json(_REPORTED) == failure:
            return
        try:
            aws(
                *("cloudwatch", "put-metric-data", "--namespace", self._namespace),
                *("--metric-name", "FailedInstallations", "--value", "1"),
            )
        except OSError as error:
            self._record("count", f"the failed installation cannot be counted in CloudWatch: {error}")
            return
        self._record("count", None)
        write_in_any_case(_REPORTED, json.dumps(failure))

    def _put(self, lines):
        moment = int(time.time() * 1000)
        events = [{"timestamp": moment, "message": line} for line in lines]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"logGroupName": self._group, "logStreamName": self._stream, "logEvents": events}, file)
            file.flush()
            request = ("logs", "put-log-events", "--cli-input-json", f"file://{file.name}")
            try:
                aws(*request)
            except OSError as error:
                if not any(word in str(error) for word in _MISSING_STREAM):
                    raise
                self._create()
                aws(*request)

    def _create(self):
        """Create the group and the stream. Another notebook may have created the group, which all of them share."""
        for command, *arguments in (
            ("create-log-group", "--log-group-name", self._group),
            ("create-log-stream", "--log-group-name", self._group, "--log-stream-name", self._stream),
        ):
            try:
                aws("logs", command, *arguments)
            except OSError as error:
                if "ResourceAlreadyExistsException" not in str(error):
                    raise

    def _record(self, action, problem):
        """Show a problem in the status, and log it once."""
        if problem == self._problems.get(action):
            return
        if problem:
            log(problem)
        self._problems[action] = problem
        write_setup(log_problems=[each for each in self._problems.values() if each])


def _new_lines(offsets):
    """Return the complete lines since the offsets, each with the name of its log, and the new offsets."""
    lines, new_offsets = [], {}
    for name, path in _FILES.items():
        start = offsets.get(name, 0)
        try:
            size = path.stat().st_size
            # The file is a new one if it is shorter than before, as after the loss of the disk of the machine.
            start = start if start <= size else 0
            with path.open("rb") as file:
                file.seek(max(start, size - _BYTES_PER_FILE))
                text = file.read(_BYTES_PER_FILE)
        except OSError:
            continue
        complete, found, _ = text.rpartition(b"\n")
        skipped = max(0, size - _BYTES_PER_FILE - start)
        if skipped:
            lines.append(f"{name}: {skipped} bytes of {path} were left out")
        lines += [
            f"{name}: {line[:_LINE_LIMIT]}" for line in complete.decode(errors="replace").splitlines() if line.strip()
        ]
        new_offsets[name] = max(start, size - _BYTES_PER_FILE) + len(complete) + len(found)
    return lines, new_offsets
