"""What a platform team and a project team may write in YAML, and the frozen values that the rest reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from mlproject.names import Names

Scalar = str | int | float | bool


class Value(BaseModel):
    """A frozen value; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NewNetwork(Value):
    """A network that the environment's own stack creates: one VPC, an isolated subnet in each of two zones."""

    cidr: str
    zones: tuple[str, str]


class ImportedNetwork(Value):
    """A network that exists; its interface endpoints exist too, or this application adds them."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    zones: tuple[str, ...]
    endpoints: Literal["create", "exist"]


class Environment(Value):
    """An account and region with what the platform team demands of everything in it."""

    name: str
    account: str
    region: str
    network: NewNetwork | ImportedNetwork
    bootstrap_qualifier: str
    permissions_boundary: str | None
    role_path: str
    tags: Mapping[str, str]
    retain_data: bool


class Storage(Value):
    """How long the project's buckets keep what; days."""

    archive_after_days: int
    noncurrent_days: int
    artifacts_expire_days: int
    access_logs_expire_days: int


class Pipeline(Value):
    """Which folder of pipelines/ is deployed, and with which defaults of its parameters."""

    folder: str
    parallel_steps: int
    parameters: Mapping[str, Scalar]


class Deployment(Value):
    """One project in one environment, every value resolved."""

    project: str
    owner: str
    cost_centre: str
    environment: Environment
    storage: Storage
    pipeline: Pipeline

    @property
    def names(self) -> Names:
        return Names(
            project=self.project,
            environment=self.environment.name,
            account=self.environment.account,
            region=self.environment.region,
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags of everything that this deployment creates."""
        return {
            **self.environment.tags,
            "project": self.project,
            "environment": self.environment.name,
            "owner": self.owner,
            "cost-centre": self.cost_centre,
        }
