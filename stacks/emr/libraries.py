"""The bootstrap action that installs a project's libraries on each node of its cluster."""

from __future__ import annotations

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from mlproject.node_scripts import BOOTSTRAP_ACTION, bootstrap_arguments
from mlproject.parameters import Deployment
from stacks.emr.cluster import BootstrapAction


class EmrLibraries(Construct):
    """The script as a file in the bootstrap bucket, and how a node runs it.

    Attributes:
        action: for the cluster.
        object: the script's bucket and key, which the nodes read.

    Args:
        deployment: the project in an environment; its cluster has a list of libraries.
    """

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, construct_id)
        script = assets.Asset(self, "InstallLibraries", path=str(BOOTSTRAP_ACTION))
        self.object = f"{script.s3_bucket_name}/{script.s3_object_key}"
        arguments = bootstrap_arguments(deployment)
        self.action = BootstrapAction(
            name="install libraries",
            path=f"s3://{self.object}",
            # The script takes a missing last argument for an empty one; whether EMR passes an empty one is not told.
            arguments=arguments if arguments[-1] else arguments[:-1],
        )
