"""Log files of a cluster in the artifacts bucket, where they stay after its termination.

EMR writes them every 5 minutes, below the id of the cluster, in the folders `steps`, `containers` and `node`:
https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-view-web-log-files.html
"""

from __future__ import annotations

import gzip
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mlproject.aws_rules.emr import LOGS_PREFIX
from mlproject.cluster import stack as stacks
from mlproject.cluster.status import STACK
from mlproject.errors import UserError
from mlproject.names import MAIN_CLUSTER, Names

# More is a matter for `aws s3 cp`.
_FOLDERS = 10
_UNPACKED_BYTES = 256 * 1024 * 1024
_LINE_LENGTH = 2000
# In the order in which they explain a failure.
_NAMES = ("stderr.gz", "stdout.gz", "controller.gz", "syslog.gz")


@dataclass(frozen=True, kw_only=True)
class LogFile:
    """The end of a log file.

    Args:
        uri: of the file in S3.
        lines: its last lines. A line with more than 2000 characters is several lines.
        is_complete: whether the file was read to its end, which is not the case beyond 256 MB.
    """

    uri: str
    lines: tuple[str, ...]
    is_complete: bool = True


@dataclass(frozen=True, kw_only=True)
class LogFolders:
    """Folders with log files, at most 10.

    Args:
        found: prefixes in the bucket, in the order in which they are shown.
        omitted: number of folders beyond 10.
    """

    found: tuple[str, ...]
    omitted: int


def find_newest_cluster(names: Names, client: Callable[[str], Any], cluster: str = MAIN_CLUSTER) -> str | None:
    """Return the id of the newest cluster of a name that the project's stack created, even if its creation failed.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
        cluster: name of the cluster in project.yaml, or `main`.
    """
    cloudformation = client("cloudformation")
    deployed = stacks.find_stack(cloudformation, names.stack(STACK))
    if deployed is None:
        return None
    return stacks.newest_cluster(cloudformation, deployed, cluster)


@dataclass(frozen=True, kw_only=True)
class ClusterLogs:
    """Log files of one cluster.

    Args:
        s3: a boto3 client.
        bucket: name of the artifacts bucket.
        cluster_id: id of the cluster in EMR.
    """

    s3: Any
    bucket: str
    cluster_id: str

    @property
    def prefix(self) -> str:
        return f"{LOGS_PREFIX}{self.cluster_id}/"

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def exist(self) -> bool:
        """Return whether there is any log file of the cluster."""
        with self._explaining_refusal():
            answer = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, MaxKeys=1)
        return bool(answer["KeyCount"])

    def applications(self) -> tuple[str, ...]:
        """Return the ids of the YARN applications with log files, newest first."""
        return tuple(sorted(map(_last_part, self._folders(f"{self.prefix}containers/")), reverse=True))

    def of_step(self, step_id: str) -> LogFolders:
        """Return the folder of a step."""
        return _limited([f"{self.prefix}steps/{step_id}/"])

    def of_application(self, application_id: str) -> LogFolders:
        """Return the folders of an application's containers, the first of each attempt first.

        It is the application master, in which the driver runs in the deploy mode `cluster`:
        https://spark.apache.org/docs/3.5.5/running-on-yarn.html
        """
        containers = self._folders(f"{self.prefix}containers/{application_id}/")
        return _limited(sorted(containers, key=_container_order))

    def of_bootstrap_actions(self) -> LogFolders:
        """Return the folders of the bootstrap actions of each node."""
        nodes = self._folders(f"{self.prefix}node/")
        shown = nodes[:_FOLDERS]
        actions = [action for node in shown for action in self._folders(f"{node}bootstrap-actions/")]
        limited = _limited(actions)
        return LogFolders(found=limited.found, omitted=limited.omitted + len(nodes) - len(shown))

    def read(self, folders: LogFolders, *, lines: int) -> tuple[LogFile, ...]:
        """Return the end of each log file in the folders.

        Args:
            folders: where the files are.
            lines: number of lines per file.

        Raises:
            UserError: the caller may not read the files, the bucket does not exist, or a file is damaged.
        """
        keys = [key for folder in folders.found for key in self._files(folder)]
        return tuple(self._read_file(key, lines) for key in keys)

    def _folders(self, prefix: str) -> list[str]:
        with self._explaining_refusal():
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
            return [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]

    def _files(self, folder: str) -> list[str]:
        with self._explaining_refusal():
            found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=folder).get("Contents", [])
        keys = {each["Key"] for each in found}
        return [folder + name for name in _NAMES if folder + name in keys]

    def _read_file(self, key: str, lines: int) -> LogFile:
        uri = f"s3://{self.bucket}/{key}"
        last: deque[str] = deque(maxlen=lines)
        size = 0
        with self._explaining_refusal():
            body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]
        try:
            with body, gzip.GzipFile(fileobj=body) as unpacked:
                while size < _UNPACKED_BYTES and (line := unpacked.readline(_LINE_LENGTH)):
                    size += len(line)
                    last.append(_printable(line))
                is_complete = size < _UNPACKED_BYTES or not unpacked.read(1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UserError(
                f"{uri} is not a complete gzip file ({error}). Run the command again in 5 minutes, when EMR has "
                "written it again, or choose other log files.",
                exit_code=1,
            ) from error
        return LogFile(uri=uri, lines=tuple(last), is_complete=is_complete)

    @contextmanager
    def _explaining_refusal(self) -> Iterator[None]:
        """Explain what is missing if S3 refuses to list or read the files."""
        try:
            yield
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "NoSuchBucket":
                raise UserError(
                    f"there are no logs, since bucket {self.bucket} does not exist. Deploy the stack with the storage "
                    "of the project first.",
                    exit_code=1,
                    topic="not-deployed",
                ) from error
            if code in {"AccessDenied", "403"}:
                raise UserError(
                    f"you may not read {self.uri}: {error.operation_name} was denied. Use credentials with "
                    f"s3:ListBucket on bucket {self.bucket}, s3:GetObject on its objects and kms:Decrypt on its key.",
                    exit_code=1,
                    topic="access-denied",
                ) from error
            raise


def _limited(folders: list[str]) -> LogFolders:
    return LogFolders(found=tuple(folders[:_FOLDERS]), omitted=max(0, len(folders) - _FOLDERS))


def _last_part(prefix: str) -> str:
    return prefix.rstrip("/").rsplit("/", 1)[-1]


def _container_order(prefix: str) -> list[str]:
    """Number and attempt of a container, the last parts of `container_1764479000000_0001_01_000002`: 000002, 01."""
    return _last_part(prefix).split("_")[::-1]


def _printable(line: bytes) -> str:
    """Return a line without control characters, since a terminal would obey them."""
    return "".join(filter(str.isprintable, line.decode(errors="replace").expandtabs()))
