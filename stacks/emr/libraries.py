"""Bootstrap action that installs the project's libraries on each node of its cluster."""

from __future__ import annotations

import hashlib

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from mlproject.node_scripts import BOOTSTRAP_ACTION, Tools, bootstrap_arguments, node_archive
from mlproject.parameters import Deployment
from stacks.constructs.archives import write_archive
from stacks.emr.cluster import BootstrapAction


class EmrLibraries(Construct):
    """Assets of the script and of its program in the bootstrap bucket, and the bootstrap action that runs them.

    Attributes:
        action: the bootstrap action.
        objects: bucket and key of the script and of the program, which the nodes read.

    Args:
        deployment: a deployment with a cluster that has a list of libraries.
    """

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, construct_id)
        script = assets.Asset(self, "InstallLibraries", path=str(BOOTSTRAP_ACTION))
        content = node_archive()
        program = assets.Asset(self, "NodeLibraries", path=str(write_archive(self, content)))
        self.objects = [f"{asset.s3_bucket_name}/{asset.s3_object_key}" for asset in (script, program)]
        archive = Tools(uri=f"s3://{self.objects[1]}", sha256=hashlib.sha256(content).hexdigest())
        self.action = BootstrapAction(
            name="install libraries",
            path=f"s3://{self.objects[0]}",
            arguments=bootstrap_arguments(deployment, archive),
        )
