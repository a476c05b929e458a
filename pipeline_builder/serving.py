"""What the container of a registered model needs to serve it. Requires no SDK."""

from __future__ import annotations

from typing import Any


def serving_environment(script: str | None, *, submit_directory: str | None = None) -> dict[str, str]:
    """Return the environment variables of a container that serves a model with a script; empty without a script.

    Source: https://github.com/aws/sagemaker-inference-toolkit and https://github.com/aws/sagemaker-containers.

    Args:
        script: the file in steps/, such as `inference.py`.
        submit_directory: the folder of the script in the container. None refers to its uploaded archive.
    """
    if script is None:
        return {}
    if not script.endswith(".py") or "/" in script:
        raise ValueError(f"inference_script={script!r} is not a file name in steps/, such as inference.py")
    # The same name as mlproject.definition.placeholders.asset_placeholders.
    name = "".join(word.capitalize() for word in script.removesuffix(".py").split("_"))
    return {
        "SAGEMAKER_PROGRAM": script,
        "SAGEMAKER_SUBMIT_DIRECTORY": submit_directory or f"s3://${{{name}Code}}",
    }


def complete_package(request: dict[str, Any], *, environment: dict[str, str]) -> None:
    """Replace what the SDK guessed in a CreateModelPackage request.

    Args:
        request: the request, which is changed.
        environment: the environment variables of the containers.
    """
    for container in request["InferenceSpecification"]["Containers"]:
        # The SDK's own contains the region of the building machine, and an empty program name, which breaks the server.
        container.pop("Environment", None)
        if environment:
            container["Environment"] = dict(environment)
    metrics = request.get("ModelMetrics", {})
    for empty in [key for key, value in metrics.items() if not value]:
        del metrics[empty]
    if not metrics:
        request.pop("ModelMetrics", None)
