"""The Spark that runs EMR and EMRServerless steps. The runner does not install it: the caller passes a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mlproject.errors import UserError


class Spark(Protocol):
    """Spark on this machine."""

    def command(
        self, arguments: Sequence[str], *, folder: Path, variables: Mapping[str, str]
    ) -> tuple[list[str], dict[str, str]]:
        """Return the command that runs a `spark-submit` of a cluster here, and all its environment variables.

        Args:
            arguments: those of `spark-submit`.
            folder: a folder for settings and temporary files.
            variables: the AWS endpoint, region and credentials.
        """


# Finds or installs Spark; raises UserError if it is not available.
StartSpark = Callable[[], Spark]


@dataclass(frozen=True, kw_only=True)
class ClusterStep:
    """A step on a cluster.

    Args:
        cluster_id: such as `j-1ABCDEFGH2IJK`.
        step_id: such as `s-1ABCDEFGH2IJK`.
        variables: the AWS endpoint, region and credentials of the cluster's nodes.
    """

    cluster_id: str
    step_id: str
    variables: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class JobRun:
    """A job run on an application.

    Args:
        application_id: such as `00abcdef12345678`.
        job_run_id: such as `00fedcba87654321`.
        variables: the AWS endpoint, region and credentials of the job.
    """

    application_id: str
    job_run_id: str
    variables: Mapping[str, str]


class NoSpark:
    """Stands for Spark in runs without steps for Spark."""

    def command(
        self, arguments: Sequence[str], *, folder: Path, variables: Mapping[str, str]
    ) -> tuple[list[str], dict[str, str]]:
        raise UserError("this run has no Spark. Use `mlproject run`, which provides it.", exit_code=1)
