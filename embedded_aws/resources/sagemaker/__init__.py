"""SageMaker's resource types."""
