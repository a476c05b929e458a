"""Bootstrap action that installs the project's libraries on each node of its clusters."""

from __future__ import annotations

import hashlib

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from mlproject.node_scripts import BOOTSTRAP_ACTION, Tools, bootstrap_arguments, node_archive
from mlproject.parameters import Deployment, Emr
from stacks.constructs.archives import archive_asset
from stacks.emr.cluster import BootstrapAction


class EmrLibraries(Construct):
    """Assets of the script and of its program in the bootstrap bucket, and the bootstrap action that runs them.

    Attributes:
        objects: bucket and key of the script and of the program, which the nodes read.

    Args:
        deployment: a deployment with clusters that have a list of libraries.
    """

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, construct_id)
        script = assets.Asset(self, "InstallLibraries", path=str(BOOTSTRAP_ACTION))
        content = node_archive()
        program = archive_asset(self, "NodeLibraries", content)
        self.objects = [f"{asset.s3_bucket_name}/{asset.s3_object_key}" for asset in (script, program)]
        self._deployment = deployment
        self._archive = Tools(uri=f"s3://{self.objects[1]}", sha256=hashlib.sha256(content).hexdigest())

    def action(self, cluster: Emr) -> BootstrapAction:
        """Return the bootstrap action of a cluster, whose list depends on the processor of its nodes."""
        return BootstrapAction(
            name="install libraries",
            path=f"s3://{self.objects[0]}",
            arguments=bootstrap_arguments(self._deployment, self._archive, cluster=cluster),
        )
