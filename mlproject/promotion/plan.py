"""A promotion that the parameters allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mlproject.aws_rules.bootstrap import bootstrap_bucket
from mlproject.aws_rules.grants import role_arn
from mlproject.aws_rules.partitions import partition_of
from mlproject.aws_rules.promotion import promoted_prefix, readable_prefixes
from mlproject.errors import UserError
from mlproject.parameters import Deployment, Platform


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two environments, as the promotion role reaches it.

    Args:
        environment: its name.
        group: ARN of the project's model package group.
        bucket: the artifacts bucket.
        code_bucket: the bucket of the CDK bootstrap, with the inference scripts.
        client: returns the boto3 client of a service in the environment's region, such as `client("s3")`.
    """

    environment: str
    group: str
    bucket: str
    code_bucket: str
    client: Callable[[str], Any] = field(repr=False)

    def package_arn(self, version: int) -> str:
        """Return the ARN of a version in the group."""
        return f"{self.group.replace(':model-package-group/', ':model-package/')}/{version}"


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """A promotion of a project's models.

    Args:
        source: the deployment from which models come.
        target: the deployment into which they are copied.
    """

    source: Deployment
    target: Deployment

    @property
    def role_arn(self) -> str:
        """ARN of the role in the target's account that may read from the source and write to the target."""
        environment = self.target.environment
        return role_arn(
            partition=partition_of(environment.region),
            account=environment.account,
            path=environment.role_path,
            name=self.target.names.role("promotion"),
        )

    @property
    def readable_prefixes(self) -> tuple[str, ...]:
        """Prefixes of the objects that the role may read in the source's artifacts bucket."""
        return readable_prefixes(self.source.require_pipeline().folder)

    @property
    def prefix(self) -> str:
        """Prefix of the copies in the target's artifacts bucket."""
        return promoted_prefix(self.target.require_pipeline().folder)

    @classmethod
    def of(cls, platform: Platform, *, project: str, source: str, target: str) -> Promotion:
        """Return the promotion between two environments.

        Args:
            platform: the parameters.
            project: name of the project.
            source: name of the environment from which models come.
            target: name of the environment into which they are copied.

        Raises:
            UserError: the parameters do not allow it.
        """
        if source == target:
            raise UserError(f"--from {source} --to {target}: a model is promoted into another environment.")
        origin, destination = platform.deployment(project, source), platform.deployment(project, target)
        origin.require_pipeline()
        destination.require_pipeline()
        allowed = destination.promoted_from
        if allowed is None or allowed.name != source:
            now = f"from {allowed.name} only" if allowed else "from no environment"
            raise UserError(
                f"projects/{project}/project.yaml promotes models into {target} {now}. To promote from {source}, set "
                f"`promoted_from: {source}` for {target} under `environments:`, and deploy both environments."
            )
        return cls(source=origin, target=destination)

    def side(self, deployment: Deployment, client: Callable[[str], Any]) -> Side:
        """Return one side of this promotion.

        Args:
            deployment: the source or the target.
            client: returns the boto3 client of a service in its region.
        """
        names = deployment.names
        return Side(
            environment=names.environment,
            group=f"arn:{partition_of(names.region)}:sagemaker:{names.region}:{names.account}:model-package-group/"
            f"{names.model_package_group}",
            bucket=names.bucket("artifacts"),
            code_bucket=bootstrap_bucket(deployment.environment),
            client=client,
        )
