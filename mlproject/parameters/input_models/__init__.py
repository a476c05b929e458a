"""Pydantic models of environments.yaml and project.yaml."""
