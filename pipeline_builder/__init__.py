"""Build pipeline definitions with the SageMaker SDK, without an AWS account or a network.

A pipeline.py uses the session and placeholders of `offline` and the steps of `steps`.
"""
