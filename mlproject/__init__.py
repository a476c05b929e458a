"""Machine-learning projects on SageMaker: parameters, pipelines, an embedded AWS to try them on."""

__version__ = "0.1.0"
