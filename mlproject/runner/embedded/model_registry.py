"""Models and model packages in an embedded AWS, created with the arguments of their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.runner.storage.s3_store import translate_errors


class ModelRegistry:
    """Creates models and model packages.

    Args:
        client: a boto3 SageMaker client.
        endpoint: the client's endpoint, for error messages.
    """

    def __init__(self, client: Any, *, endpoint: str) -> None:
        self._client = client
        self._endpoint = endpoint

    def create_group(self, name: str) -> None:
        """Create a model package group, unless it exists.

        Raises:
            UserError: it cannot be created.
        """
        with translate_errors(f"model package group {name}", self._endpoint):
            pages = self._client.get_paginator("list_model_package_groups").paginate(NameContains=name)
            groups = [group for page in pages for group in page["ModelPackageGroupSummaryList"]]
            if name not in {group["ModelPackageGroupName"] for group in groups}:
                self._client.create_model_package_group(ModelPackageGroupName=name)

    def create_model_package(self, arguments: Mapping[str, Any]) -> str:
        """Register a model, and return the ARN of its package.

        Raises:
            UserError: AWS does not accept the arguments.
        """
        with translate_errors("registering the model", self._endpoint):
            return str(self._client.create_model_package(**arguments)["ModelPackageArn"])

    def create_model(self, arguments: Mapping[str, Any]) -> str:
        """Create a model, and return its ARN.

        Raises:
            UserError: AWS does not accept the arguments.
        """
        with translate_errors("creating the model", self._endpoint):
            return str(self._client.create_model(**arguments)["ModelArn"])
