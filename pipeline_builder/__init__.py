"""Build pipeline definitions with the SageMaker SDK, without an account or a network.

A pipeline.py takes its session and placeholders from `offline` and its steps from `steps`.
"""
