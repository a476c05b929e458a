"""The scripts that lifecycle scripts start, as an asset in the bootstrap bucket."""

from __future__ import annotations

import hashlib

from constructs import Construct

from mlproject.node_scripts import Tools, notebook_files, tools_archive
from mlproject.parameters import Deployment
from stacks.constructs.archives import archive_asset


class NotebookTools(Construct):
    """Asset of lifecycle_scripts/tools/ and of the files of a project's notebooks.

    Attributes:
        tools: URI and hash, for the settings of the notebooks.
        object: bucket and key, which the role of the notebooks reads.

    Args:
        deployment: the project in an environment.
    """

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, construct_id)
        content = tools_archive(notebook_files(deployment))
        asset = archive_asset(self, "Archive", content)
        self.object = f"{asset.s3_bucket_name}/{asset.s3_object_key}"
        self.tools = Tools(uri=f"s3://{self.object}", sha256=hashlib.sha256(content).hexdigest())
