"""Machine learning projects on SageMaker: parameters, pipelines, deployment, and local runs in an embedded AWS."""

__version__ = "0.1.0"
