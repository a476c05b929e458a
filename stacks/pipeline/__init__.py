"""The stack with the SageMaker Pipeline of a project."""
