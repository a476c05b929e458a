"""Bootstrap action that installs the project's libraries on each node of its cluster."""

from __future__ import annotations

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from mlproject.node_scripts import BOOTSTRAP_ACTION, bootstrap_arguments
from mlproject.parameters import Deployment
from stacks.emr.cluster import BootstrapAction


class EmrLibraries(Construct):
    """Asset of the script in the bootstrap bucket, and the bootstrap action that runs it.

    Attributes:
        action: the bootstrap action.
        object: bucket and key of the script, which the nodes read.

    Args:
        deployment: a deployment with a cluster that has a list of libraries.
    """

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, construct_id)
        script = assets.Asset(self, "InstallLibraries", path=str(BOOTSTRAP_ACTION))
        self.object = f"{script.s3_bucket_name}/{script.s3_object_key}"
        arguments = bootstrap_arguments(deployment)
        self.action = BootstrapAction(
            name="install libraries",
            path=f"s3://{self.object}",
            # An empty last argument is omitted, since it is not documented whether EMR passes it.
            arguments=arguments if arguments[-1] else arguments[:-1],
        )
