"""The stack with the EMR Serverless application of a project."""
