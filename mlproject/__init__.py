"""Machine learning projects on SageMaker: parameters, pipelines, deployment, and local runs in an embedded AWS."""

__version__ = "1.0.0"
