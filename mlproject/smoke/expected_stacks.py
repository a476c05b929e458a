"""The stacks that a project's parameters require."""

from __future__ import annotations

from mlproject.parameters import Deployment


def expected_stacks(deployment: Deployment) -> tuple[str, ...]:
    """Return the names of the stacks that a deployment creates, the environment's network first.

    Args:
        deployment: the project in the environment.

    Returns:
        such as `("dev-network", "flights-dev-storage", "flights-dev-pipeline")`.
    """
    required = {
        "storage": True,
        "pipeline": deployment.pipeline is not None,
        "notebooks": bool(deployment.notebooks),
        "emr": deployment.emr is not None,
        "emr-serverless": deployment.emr_serverless is not None,
        "operations": deployment.operations is not None,
        "serving": deployment.serving is not None,
    }
    environment = deployment.environment
    network = (f"{environment.name}-network",) if environment.has_network_stack else ()
    return (*network, *(deployment.names.stack(kind) for kind, is_required in required.items() if is_required))
